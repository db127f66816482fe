/**
 * The landmark file formats that the kit reads, each with the file name that belongs to a picture. To add a format, write one
 * file and add one line to the list.
 */
import { landmarkFileName, parseLandmarkFile } from './face-synthetics.ts'
import { parseLandmarkCsv } from './parse-landmark-csv.ts'
import { parseLandmarkJson } from './parse-landmark-json.ts'
import { parsePts } from './parse-pts.ts'
import type { ParsedLandmarks } from './parsed-landmarks.ts'

export interface LandmarkFormat {
  /** The landmark file's name for a picture: `a/b.jpg` → `a/b.pts`. */
  readonly name: (picture: string) => string
  /** Throws LandmarkFileError. */
  readonly parse: (text: string) => ParsedLandmarks
}

/** They are tried in this order; the first file that exists is used. */
export const LANDMARK_FORMATS: readonly LandmarkFormat[] = [
  { name: landmarkFileName, parse: (text) => ({ faces: [parseLandmarkFile(text)], size: null }) },
  { name: (picture) => `${stem(picture)}.pts`, parse: parsePts },
  // `annotate` keeps the picture's extension when two pictures in a folder have the same base name.
  { name: (picture) => `${picture}.landmarks.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.landmarks.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.csv`, parse: parseLandmarkCsv },
]

function stem(picture: string): string {
  return picture.replace(/\.[^./\\]*$/, '')
}
