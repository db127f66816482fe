/** What `annotate` did, as a table. */
import { formatDuration } from './format.ts'
import { formatAmount, formatCount } from '../words.ts'
import { createPaint } from './style.ts'
import { cleanText, displayWidth, padText } from './text.ts'

/** One of the result documents of `annotate`. */
export interface AnnotatedPictureRow {
  /** The picture as it was found. */
  readonly file: string
  /** What found the faces; null for conditions that need none. */
  readonly annotator: unknown
  /** Pixels; null when the picture can't be read. */
  readonly width: number | null
  readonly height: number | null
  readonly faces: readonly { readonly score: number }[]
  /** What was written; null when nothing was. */
  readonly conditioning: string | null
  readonly landmarks_file: string | null
  readonly overlay?: string
  readonly error?: { readonly message: string }
}

export interface AnnotateTableOptions {
  readonly color: boolean
  readonly columns: number
  readonly seconds: number
}

/** A row for each picture and a closing line, without a line end. */
export function formatAnnotateTable(
  pictures: readonly AnnotatedPictureRow[],
  { color, columns, seconds }: AnnotateTableOptions,
): string {
  const paint = createPaint(color)
  const names = pictures.map(({ file }) => cleanText(file))
  const nameWidth = Math.min(Math.max(0, ...names.map(displayWidth)), Math.max(20, Math.floor(columns / 2)))
  const findings = describeAll(pictures)
  const rows = pictures.map((picture, index) => {
    const name = padText(names[index] ?? '', nameWidth)
    if (picture.error) return `${name}  ${paint('bad', cleanText(picture.error.message))}`
    const finding = findings[index] ?? ''
    if (picture.conditioning === null) return `${name}  ${paint('warn', finding)}`
    return `${name}  ${finding}   ${paint('dim', `→ ${filesOf(picture)}`)}`
  })
  return [...rows, summarize(pictures, seconds)].join('\n')
}

const hasFaces = ({ annotator }: AnnotatedPictureRow): boolean => annotator !== null

/** `12 faces   confidence 0.93`; for conditions without faces the picture's size. Padded, so that they align. */
function describeAll(pictures: readonly AnnotatedPictureRow[]): string[] {
  const digits = Math.max(0, ...pictures.map(({ faces }) => countOf(faces).length))
  const sizes = pictures.map(({ width, height }) => `${width} × ${height}`)
  const sizeWidth = Math.max(0, ...sizes.map(displayWidth))
  return pictures.map((picture, index) => {
    const { faces } = picture
    if (!hasFaces(picture)) return padText(sizes[index] ?? '', sizeWidth)
    const count = countOf(faces).padStart(digits)
    if (faces.length === 0) return `${count} face`
    return `${count} ${faces.length === 1 ? 'face ' : 'faces'}   confidence ${confidence(picture).toFixed(2)}`
  })
}

function countOf(faces: AnnotatedPictureRow['faces']): string {
  return faces.length === 0 ? 'no' : formatCount(faces.length)
}

/** Of the surest face: they are sorted. */
function confidence({ faces }: AnnotatedPictureRow): number {
  return faces[0]?.score ?? 0
}

/** Base names where the files lie beside the picture. */
function filesOf({ file, conditioning, landmarks_file, overlay }: AnnotatedPictureRow): string {
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  const shorten = (path: string): string => {
    const rest = path.startsWith(folder) ? path.slice(folder.length) : path
    return cleanText(folder !== '' && !rest.includes('/') ? rest : path)
  }
  const written = [conditioning, landmarks_file, overlay]
  return written.flatMap((path) => (typeof path === 'string' ? [shorten(path)] : [])).join(', ')
}

/** `14 pictures, 13 with faces, 0.6 s (23 pictures/s)` */
function summarize(pictures: readonly AnnotatedPictureRow[], seconds: number): string {
  const withFaces = pictures.filter(({ faces }) => faces.length > 0).length
  const unreadable = pictures.filter(({ error }) => error !== undefined).length
  const parts = [
    formatAmount(pictures.length, 'picture'),
    pictures.every(hasFaces)
      ? `${withFaces} with ${withFaces === 1 && pictures.length === 1 ? 'a face' : 'faces'}`
      : `${pictures.filter(({ conditioning }) => conditioning !== null).length} drawn`,
    ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
    formatDuration(seconds),
  ]
  const rate = pictures.length / Math.max(seconds, 0.001)
  const speed = pictures.length > 1 ? ` (${rate < 9.95 ? rate.toFixed(1) : Math.round(rate)} pictures/s)` : ''
  return parts.join(', ') + speed
}
