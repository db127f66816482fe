/** How well the edges of a picture are those of the condition: the F1 score, with a little room to either side. */
import type { RgbPixels } from '../../raster/rgb-pixels.ts'
import type { Measure } from './measure.ts'

export const edgeAgreement: Measure = {
  name: 'edge_agreement',
  title: 'edge agreement',
  reads: 'condition',
  better: 'higher',
  words: 'share of the edge pixels that picture and condition have in common, give or take a pixel; 1: all',
  compare: ({ condition }, seen) => [agreement(condition!, seen.condition!)],
}

/** Pixels, in each direction: the VAE alone moves edges by about that. */
const ROOM = 1

/** 1 where neither has an edge: there is nothing to follow, and nothing was made up. */
function agreement(truth: RgbPixels, seen: RgbPixels): number {
  const [wanted, drawn] = [edgesOf(truth), edgesOf(seen)]
  const [kept, right] = [shareNear(wanted, drawn, truth), shareNear(drawn, wanted, truth)]
  if (kept === null && right === null) return 1
  if (kept === null || right === null || kept + right === 0) return 0
  return (2 * kept * right) / (kept + right)
}

/** One byte a pixel: 1 is an edge. Edges are drawn white. */
function edgesOf({ data }: RgbPixels): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, pixel) => (data[pixel * 3]! > 127 ? 1 : 0))
}

/** Share of the edges of `one` with an edge of `other` near by; null where `one` has none. */
function shareNear(one: Uint8Array, other: Uint8Array, { width, height }: RgbPixels): number | null {
  let [edges, near] = [0, 0]
  for (let pixel = 0; pixel < one.length; pixel++) {
    if (one[pixel] === 0) continue
    edges++
    if (hasNear(other, pixel % width, Math.floor(pixel / width), { width, height })) near++
  }
  return edges === 0 ? null : near / edges
}

function hasNear(
  edges: Uint8Array,
  x: number,
  y: number,
  { width, height }: { width: number; height: number },
): boolean {
  for (let row = Math.max(0, y - ROOM); row <= Math.min(height - 1, y + ROOM); row++) {
    for (let column = Math.max(0, x - ROOM); column <= Math.min(width - 1, x + ROOM); column++) {
      if (edges[row * width + column] === 1) return true
    }
  }
  return false
}
