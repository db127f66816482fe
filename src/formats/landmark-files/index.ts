/** The landmark files that are read, by the name that they have for a picture. A new one is one file and one line. */
import { landmarkFileName, parseLandmarkFile } from './face-synthetics.ts'
import { parseLandmarkCsv } from './parse-landmark-csv.ts'
import { parseLandmarkJson } from './parse-landmark-json.ts'
import { parsePts } from './parse-pts.ts'
import type { ParsedLandmarks } from './parsed-landmarks.ts'

export interface LandmarkFormat {
  /** `a/b.jpg` → `a/b.pts` */
  readonly name: (picture: string) => string
  /** Throws LandmarkFileError. */
  readonly parse: (text: string) => ParsedLandmarks
}

/** In the order in which they are looked for: the first that is there counts. */
export const LANDMARK_FORMATS: readonly LandmarkFormat[] = [
  { name: landmarkFileName, parse: (text) => ({ faces: [parseLandmarkFile(text)], size: null }) },
  { name: (picture) => `${stem(picture)}.pts`, parse: parsePts },
  // `annotate` keeps the extension where two pictures have one base name.
  { name: (picture) => `${picture}.landmarks.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.landmarks.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.json`, parse: parseLandmarkJson },
  { name: (picture) => `${stem(picture)}.csv`, parse: parseLandmarkCsv },
]

function stem(picture: string): string {
  return picture.replace(/\.[^./\\]*$/, '')
}
