/** Which of the faces that were found in a picture is which of those that should be there. */
import { boundingBox, overlap } from '../faces/boxes.ts'
import type { Point } from '../faces/face.ts'

/**
 * For each true face the found one that overlaps it most; null where none is left. Pairs with the largest overlap are taken first.
 * A face that overlaps nothing still gets what is left, in the order given (best first), since a face in the wrong place is an error,
 * not an absence.
 */
export function matchFaces(
  truths: readonly (readonly Point[])[],
  found: readonly (readonly Point[])[],
): readonly (readonly Point[] | null)[] {
  const matches = new Map<number, number>()
  const taken = new Set<number>()
  for (const { truth, face } of pairsByOverlap(truths, found)) {
    if (matches.has(truth) || taken.has(face)) continue
    matches.set(truth, face)
    taken.add(face)
  }
  return truths.map((_, index) => found[matches.get(index) ?? -1] ?? null)
}

function pairsByOverlap(truths: readonly (readonly Point[])[], found: readonly (readonly Point[])[]) {
  const boxes = found.map(boundingBox)
  return truths
    .flatMap((points, truth) => {
      const box = boundingBox(points)
      return boxes.map((other, face) => ({ truth, face, shared: overlap(box, other) }))
    })
    .sort((a, b) => b.shared - a.shared)
}
