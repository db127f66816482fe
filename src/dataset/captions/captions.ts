/** Makes the captions of pictures. */
import { createHash } from 'node:crypto'
import { basename, dirname, extname } from 'node:path/posix'
import type { Config } from '../../types.ts'
import { listVariables, parseTemplate, TEMPLATE_VARIABLES } from './caption-template.ts'
import { NO_ATTRIBUTES, type FaceAttributes } from '../../faces/face-attributes.ts'

export type CaptionSource = Config['dataset']['captions']

/** What captions need from the source. */
export interface CaptionNeeds {
  /** Extension of the caption files beside the pictures; null when there are none to read. */
  readonly sidecar: string | null
  /** Columns of the source that captions need. */
  readonly columns: readonly string[]
}

export function planCaptionNeeds(captions: CaptionSource): CaptionNeeds {
  return { sidecar: 'sidecar' in captions ? captions.sidecar : null, columns: planColumns(captions) }
}

function planColumns(captions: CaptionSource): string[] {
  if ('column' in captions) return [captions.column]
  if (!('template' in captions)) return []
  return listVariables(captions.template).filter((name) => !TEMPLATE_VARIABLES.includes(name))
}

/** The values that fill a template. */
export interface CaptionSubject {
  /** Path of the picture in its source. */
  readonly source: string
  /** Column → text. */
  readonly values: Readonly<Record<string, string>>
  readonly attributes: FaceAttributes
}

const NOBODY: CaptionSubject = { source: '', values: {}, attributes: NO_ATTRIBUTES }

/**
 * Returns the caption of one picture: the filled template, or the cleaned `fileText` from its caption file, column or program.
 * Returns null when there is no caption. An empty template is a valid choice; an empty file is not.
 */
export function planCaption(
  source: CaptionSource,
  fileText: string | null,
  subject: CaptionSubject = NOBODY,
): string | null {
  if (!('template' in source)) return orNull(cleanCaption(fileText ?? ''))
  if (cleanCaption(source.template) === '') return ''
  if (findMissingColumn(source, subject.values) !== null) return null
  return orNull(fillTemplate(source.template, subject))
}

/** Returns the first column that the template names and the picture has no value for; null when all have values. */
export function findMissingColumn(
  captions: CaptionSource,
  values: Readonly<Record<string, string>>,
): string | null {
  if (!('template' in captions)) return null
  return planColumns(captions).find((name) => !Object.hasOwn(values, name)) ?? null
}

/**
 * Returns true when this picture's caption is left empty. The content hash decides, so that the choice stays the same when
 * pictures are added or removed.
 */
export function isDropped({ drop }: CaptionSource, sha256: string): boolean {
  if (drop === 0) return false
  const draw = createHash('sha256').update(`caption:${sha256}`).digest().readUIntBE(0, 6)
  return draw < drop * 2 ** 48
}

function fillTemplate(template: string, subject: CaptionSubject): string {
  const parsed = parseTemplate(template)
  if ('problem' in parsed) return ''
  const values = new Map(
    listVariables(template).map((name) => [name, cleanCaption(readVariable(name, subject)) || NOTHING]),
  )
  const texts = parsed.parts.map((part) =>
    'text' in part ? part.text.replaceAll(NOTHING, '') : values.get(part.variable)!,
  )
  return cleanCaption(closeGaps(texts.join('')))
}

function readVariable(name: string, { source, values, attributes }: CaptionSubject): string {
  if (name === 'filename') return basename(source, extname(source))
  if (name === 'folder') return basename(dirname(source)).replace(/^\.$/, '')
  if (Object.hasOwn(attributes, name)) return attributes[name as keyof FaceAttributes]
  return values[name] ?? ''
}

/** Marks the place of an empty variable until the gap is closed. Cleaned texts never contain it. */
const NOTHING = '\u0000'

/** Removes empty variables together with the comma or the brackets around them. */
function closeGaps(text: string): string {
  if (!text.includes(NOTHING)) return text
  return text
    .replace(/[([]\s*\0(?:[\s,;]*\0)*\s*[)\]]/g, NOTHING)
    .replace(/[,;]\s*\0(?:\s*\0)*(?=\s*(?:[,;.:!?)\]]|$))/g, '')
    .replace(/(^|[([])(?:\s*\0\s*[,;]?)+\s*/g, '$1')
    .replace(/(?:\s*\0)+(?=\s*(?:[,;.:!?)\]]|$))/g, '')
    .replace(/(?:\s*\0)+\s*/g, ' ')
}

function orNull(caption: string): string | null {
  return caption === '' ? null : caption
}

/**
 * Returns the text trimmed, on one line, without control characters and byte order marks. Lone surrogates are replaced, because
 * UTF-8 can't encode them.
 */
export function cleanCaption(text: string): string {
  return text
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(/\p{Cc}|\uFEFF/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** Returns the name of the caption file beside a picture: `a/b.jpg` and `.txt` give `a/b.txt`. */
export function sidecarName(pictureName: string, extension: string): string {
  const suffix = extension.startsWith('.') ? extension : `.${extension}`
  return pictureName.replace(/\.[^./\\]*$/, '') + suffix
}
