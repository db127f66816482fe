import { readFileSync } from 'node:fs'
import type { Point } from '../../../src/faces/face.ts'

/** 68 points of an upright face, about 200 px wide. */
export function readGoldenFace(): Point[] {
  const file = new URL('../../fixtures/spiga-seg/upright.json', import.meta.url)
  const golden = JSON.parse(readFileSync(file, 'utf8')) as { faces: Point[][] }
  return golden.faces[0]!
}
