/** What the picture is said to show. */
import { createHash } from 'node:crypto'
import { basename, dirname, extname } from 'node:path/posix'
import type { Config } from '../../types.ts'
import { listVariables, parseTemplate, TEMPLATE_VARIABLES } from './caption-template.ts'
import { NO_CUES, type FaceCues } from '../../faces/face-cues.ts'

export type CaptionSource = Config['dataset']['captions']

/** What of the source the captions are made from. */
export interface CaptionNeeds {
  /** Extension of the text files beside the pictures. */
  readonly sidecar: string | null
  /** Columns of the source. */
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

/** What the variables of a template are filled from. */
export interface CaptionSubject {
  /** Path of the picture in its source. */
  readonly source: string
  /** Texts of the columns. */
  readonly values: Readonly<Record<string, string>>
  readonly cues: FaceCues
}

const NOBODY: CaptionSubject = { source: '', values: {}, cues: NO_CUES }

/**
 * The caption of one picture: the template filled in, or what its text file, its column or a program says (null: nothing).
 * Null when there is no caption to be had. An empty template is a choice, an empty file is not.
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

/** The first column that the template names and the picture has nothing in; null when there is none. */
export function findMissingColumn(
  captions: CaptionSource,
  values: Readonly<Record<string, string>>,
): string | null {
  if (!('template' in captions)) return null
  return planColumns(captions).find((name) => !Object.hasOwn(values, name)) ?? null
}

/** Whether this picture's caption is left empty: decided by content, so that it stays when pictures come and go. */
export function isDropped({ drop }: CaptionSource, sha256: string): boolean {
  if (drop === 0) return false
  const lot = createHash('sha256').update(`caption:${sha256}`).digest().readUIntBE(0, 6)
  return lot < drop * 2 ** 48
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

function readVariable(name: string, { source, values, cues }: CaptionSubject): string {
  if (name === 'filename') return basename(source, extname(source))
  if (name === 'folder') return basename(dirname(source)).replace(/^\.$/, '')
  if (Object.hasOwn(cues, name)) return cues[name as keyof FaceCues]
  return values[name] ?? ''
}

/** Stands for a variable that is empty until the gap is closed; never part of a clean text. */
const NOTHING = '\u0000'

/** Where nothing was filled in, the comma or the brackets around it go, too. */
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

/** Trimmed, one line, without control characters and byte order marks; lone surrogates can't be written as UTF-8. */
export function cleanCaption(text: string): string {
  return text
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(/\p{Cc}|\uFEFF/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** Name of the caption file beside a picture: `a/b.jpg` and `.txt` give `a/b.txt`. */
export function sidecarName(pictureName: string, extension: string): string {
  const suffix = extension.startsWith('.') ? extension : `.${extension}`
  return pictureName.replace(/\.[^./\\]*$/, '') + suffix
}
