/** What the picture is said to show. */
import type { Config } from '../types.ts'

export type CaptionSource = Config['dataset']['captions']

/** What of the source the captions are made from. */
export interface CaptionNeeds {
  /** Extension of the text files beside the pictures. */
  readonly sidecar: string | null
  /** Columns of the source. */
  readonly columns: readonly string[]
}

export function planCaptionNeeds(captions: CaptionSource): CaptionNeeds {
  return {
    sidecar: 'sidecar' in captions ? captions.sidecar : null,
    columns: 'column' in captions ? [captions.column] : [],
  }
}

/**
 * The caption of one picture: the template, or what its text file holds (null: there is none). Null when there is no
 * caption to be had. An empty template is a choice, an empty file is not.
 */
export function planCaption(source: CaptionSource, fileText: string | null): string | null {
  if ('template' in source) return cleanCaption(source.template)
  const caption = fileText === null ? '' : cleanCaption(fileText)
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
