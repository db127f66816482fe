/** What torch says of the architecture with the random weights: `python/spiga_reference.py`. */
import { expect } from 'vitest'

export interface Reference {
  readonly landmarks: number[][]
  readonly mean_face: Record<string, number[]>
  readonly sums: number[]
  readonly projected: number[][]
  readonly edges: number[][]
  readonly wrong: Record<string, number>
  readonly refused: string | null
}

/** Of the mean face, as placed; of its projection; of the fixed matrix. */
export function expectConstants({ mean_face, sums, projected, edges }: Reference): void {
  const near = (found: number[], wanted: number[], digits = 6): void =>
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits - 0.5))
  near(mean_face['0']!, [-0.853184, 0.710461, -0.393345])
  near(mean_face['8']!, [-0.461364, 0.003548, 0.737996])
  near(mean_face['30']!, [0, 0, 0])
  near(mean_face['36']!, [-0.383328, 0.406303, -0.360389])
  near(mean_face['45']!, [-0.377158, -0.432352, -0.348665])
  near(mean_face['54']!, [-0.332282, -0.240381, 0.28371])
  near(sums, [-25.908183, -0.21691, 1.20664], 5)
  near(projected[0]!, [0.5, 0.5])
  near(projected[1]!, [0.4988, 0.7481], 4)
  expect([edges[0], edges[27], edges[36], edges[54], edges[67]]).toEqual([[0], [3], [5, 6], [9, 10], [12]])
}
