/**
 * Computes how much of each pixel a shape covers, as exact areas. Every edge adds its signed area to the pixels that it
 * crosses, as in FreeType and AGG; the running sum along a row is the coverage. Overlapping windings count once (nonzero rule).
 * Only where edges of one shape cross inside a pixel is its coverage approximate.
 */
import type { Contours } from './contours.ts'

/** Bounds in whole pixels; `right` and `bottom` are exclusive. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Buffers that all shapes of a canvas share. */
export interface Coverage {
  /** `width + 1` numbers for each row of the region; all are 0 between two shapes. */
  sums: Float32Array
  /**
   * 1 for every block of `BLOCK` sums that may hold a number other than 0. Most blocks of a thin line's region stay 0 and are
   * skipped.
   */
  blocks: Uint8Array
  region: Region
}

/** Must be a power of two, `2 ** BLOCK_BITS`. */
export const BLOCK = 32
const BLOCK_BITS = 5

export function createCoverage(): Coverage {
  return {
    sums: new Float32Array(0),
    blocks: new Uint8Array(0),
    region: { left: 0, top: 0, right: 0, bottom: 0 },
  }
}

/** Sets the region and enlarges the buffers if they are too small. */
export function openRegion(coverage: Coverage, region: Region): void {
  const needed = (region.right - region.left + 1) * (region.bottom - region.top)
  if (coverage.sums.length < needed) {
    coverage.sums = new Float32Array(needed)
    coverage.blocks = new Uint8Array(blockOf(needed) + 1)
  }
  coverage.region = region
}

export function blockOf(index: number): number {
  return index >> BLOCK_BITS
}

/** Height in pixels below which an edge is skipped: it covers nothing, and its slope can't be computed. */
const FLAT = 1e-9

/** Adds the edges of all contours. Contours of the same direction form one area. */
export function addContours(coverage: Coverage, { numbers, ends }: Contours): void {
  let start = 0
  for (const end of ends) {
    for (let from = end - 2, to = start; to < end; from = to, to += 2) {
      const height = numbers[to + 1]! - numbers[from + 1]!
      if (height > FLAT) addEdge(coverage, numbers, { from, to, sign: 1 })
      else if (height < -FLAT) addEdge(coverage, numbers, { from: to, to: from, sign: -1 })
    }
    start = end
  }
}

interface Edge {
  /** Indexes in `numbers` of the edge's upper and lower point. */
  readonly from: number
  readonly to: number
  readonly sign: number
}

/** Adds the edge row by row, clipped to the region's height. */
function addEdge(coverage: Coverage, numbers: Float64Array, edge: Edge): void {
  const { left, top, right, bottom } = coverage.region
  const [x0, y0] = [numbers[edge.from]!, numbers[edge.from + 1]!]
  const [x1, y1] = [numbers[edge.to]!, numbers[edge.to + 1]!]
  const width = right - left
  const slope = (x1 - x0) / (y1 - y0)
  const from = Math.max(y0, top)
  const to = Math.min(y1, bottom)
  let x = x0 + (from - y0) * slope - left
  for (let row = Math.floor(from); row < to; row++) {
    const lower = Math.min(to, row + 1)
    const next = x0 + (lower - y0) * slope - left
    const height = (lower - Math.max(from, row)) * edge.sign
    const start = (row - top) * (width + 1)
    if (x < next) addPiece(coverage, start, width, x, next, height)
    else addPiece(coverage, start, width, next, x, height)
    x = next
  }
}

/**
 * Adds the piece of an edge inside one row, from x0 to x1 (x0 <= x1). `height` is in pixels, and negative where the edge goes
 * up.
 */
function addPiece(
  coverage: Coverage,
  start: number,
  width: number,
  x0: number,
  x1: number,
  height: number,
): void {
  if (x0 >= width) return
  if (x1 <= 0) addSum(coverage, start, height)
  else if (x0 < 0 || x1 > width) {
    // The part left of the region covers its whole width; the part on the right covers nothing. Shares avoid a division by a
    // tiny width.
    if (x0 < 0) addSum(coverage, start, height * (-x0 / (x1 - x0)))
    const [from, to] = [Math.max(x0, 0), Math.min(x1, width)]
    addInsidePiece(coverage, start, from, to, height * ((to - from) / (x1 - x0)))
  } else addInsidePiece(coverage, start, x0, x1, height)
}

function addSum({ sums, blocks }: Coverage, at: number, height: number): void {
  blocks[blockOf(at)] = 1
  sums[at]! += height
}

/** Covers, in each pixel that the piece crosses, the area to its right, and the whole of all pixels after that. */
function addInsidePiece(
  { sums, blocks }: Coverage,
  start: number,
  x0: number,
  x1: number,
  height: number,
): void {
  const first = Math.floor(x0)
  const at = start + first
  const pixels = Math.max(1, Math.ceil(x1) - first)
  for (let block = blockOf(at); block <= blockOf(at + pixels); block++) blocks[block] = 1
  if (x1 <= first + 1) {
    const covered = height * (first + 1 - (x0 + x1) / 2)
    sums[at]! += covered
    sums[at + 1]! += height - covered
    return
  }
  const perPixel = height / (x1 - x0)
  let done = (first + 1 - x0) * perPixel
  let covered = (done * (first + 1 - x0)) / 2
  sums[at]! += covered
  for (let pixel = 1; pixel < pixels - 1; pixel++) {
    sums[at + pixel]! += done + perPixel / 2 - covered
    covered = done + perPixel / 2
    done += perPixel
  }
  const inLast = x1 - first - pixels + 1
  const last = done + (height - done) * (1 - inLast / 2)
  sums[at + pixels - 1]! += last - covered
  sums[at + pixels]! += height - last
}
