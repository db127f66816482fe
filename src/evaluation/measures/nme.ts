import { landmarkError } from '../landmark-error.ts'
import { matchFaces } from '../match-faces.ts'
import type { Measure } from './measure.ts'

export const nme: Measure = {
  name: 'nme',
  title: 'landmark error',
  reads: 'faces',
  better: 'lower',
  words:
    'mean distance of the 68 landmarks from where the condition has them, in distances of the outer eye corners',
  compare({ faces }, seen) {
    const matches = matchFaces(faces, seen.faces)
    return faces.map((face, index) => {
      const found = matches[index] ?? null
      return found === null ? null : landmarkError(face, found)
    })
  },
}
