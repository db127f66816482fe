/**
 * Canny's edge detector on a colour picture, step by step as OpenCV has it: gradients by a 3x3 Sobel filter with the border
 * repeated; each pixel takes the channel where |dx| + |dy| is largest (the first one of equals); of ridges only the crest
 * stays; edges begin above `high` and go on above `low`, over corners too.
 */
export interface EdgeRequest {
  /** RGB, row by row. */
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
  /** Thresholds of |dx| + |dy|, exclusive. */
  readonly low: number
  readonly high: number
}

/** One byte a pixel: 1 is an edge. */
export function findEdges({ rgb, width, height, low, high }: EdgeRequest): Uint8Array {
  const gradients = findGradients(rgb, width, height)
  const { edges, strong } = findCrests(gradients, low, high)
  growEdges(edges, strong, gradients.stride)
  return withoutMargin(edges, gradients)
}

/** Fields with a margin of one pixel, where nothing is an edge. */
interface Gradients {
  readonly dx: Int16Array
  readonly dy: Int16Array
  readonly strength: Int16Array
  readonly width: number
  readonly height: number
  readonly stride: number
}

function findGradients(rgb: Uint8Array, width: number, height: number): Gradients {
  const stride = width + 2
  const fields = Array.from({ length: 3 }, () => new Int16Array(stride * (height + 2)))
  const [dx, dy, strength] = fields as [Int16Array, Int16Array, Int16Array]
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width * 3
    const row = y * width * 3
    const below = Math.min(height - 1, y + 1) * width * 3
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * stride + x + 1
      const left = Math.max(0, x - 1) * 3
      const middle = x * 3
      const right = Math.min(width - 1, x + 1) * 3
      let best = -1
      for (let c = 0; c < 3; c++) {
        const northWest = rgb[above + left + c]!
        const northEast = rgb[above + right + c]!
        const southWest = rgb[below + left + c]!
        const southEast = rgb[below + right + c]!
        const across =
          northEast - northWest + 2 * (rgb[row + right + c]! - rgb[row + left + c]!) + southEast - southWest
        const down =
          southWest -
          northWest +
          2 * (rgb[below + middle + c]! - rgb[above + middle + c]!) +
          southEast -
          northEast
        const sum = Math.abs(across) + Math.abs(down)
        if (sum <= best) continue
        best = sum
        dx[at] = across
        dy[at] = down
      }
      strength[at] = best
    }
  }
  return { dx, dy, strength, width, height, stride }
}

const NO_EDGE = 0
const EDGE = 1
/** On a crest and above the low threshold: an edge if it hangs on one. */
const PERHAPS = 2

/** tan 22.5° in 15 bits after the point, as OpenCV rounds it. */
const TAN_22 = 13573

interface Crests {
  readonly edges: Uint8Array
  /** Where edges begin. */
  readonly strong: number[]
}

function findCrests(
  { dx, dy, strength, width, height, stride }: Gradients,
  low: number,
  high: number,
): Crests {
  const edges = new Uint8Array(strength.length)
  const strong: number[] = []
  for (let y = 1; y <= height; y++) {
    for (let at = y * stride + 1; at <= y * stride + width; at++) {
      const here = strength[at]!
      if (here <= low || !isCrest(strength, at, stepAcross(dx[at]!, dy[at]!, stride))) continue
      edges[at] = here > high ? EDGE : PERHAPS
      if (here > high) strong.push(at)
    }
  }
  return { edges, strong }
}

/** From a pixel to its neighbour up or left along the gradient: west, north, north-west or north-east (negative step). */
function stepAcross(dx: number, dy: number, stride: number): { step: number; diagonal: boolean } {
  const x = Math.abs(dx)
  const y = Math.abs(dy) * 32768
  const flat = x * TAN_22
  if (y < flat) return { step: 1, diagonal: false }
  if (y > flat + x * 65536) return { step: stride, diagonal: false }
  return { step: dx < 0 !== dy < 0 ? stride - 1 : stride + 1, diagonal: true }
}

/** Larger than the neighbour before, and not smaller than the one after; on diagonals larger than both. */
function isCrest(
  strength: Int16Array,
  at: number,
  { step, diagonal }: { step: number; diagonal: boolean },
): boolean {
  const here = strength[at]!
  const after = strength[at + step]!
  return here > strength[at - step]! && (diagonal ? here > after : here >= after)
}

function growEdges(edges: Uint8Array, strong: number[], stride: number): void {
  const around = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1]
  for (let at = strong.pop(); at !== undefined; at = strong.pop()) {
    for (const step of around) {
      if (edges[at + step] !== PERHAPS) continue
      edges[at + step] = EDGE
      strong.push(at + step)
    }
  }
}

function withoutMargin(edges: Uint8Array, { width, height, stride }: Gradients): Uint8Array {
  const inside = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = edges.subarray((y + 1) * stride + 1, (y + 1) * stride + 1 + width)
    for (let x = 0; x < width; x++) inside[y * width + x] = row[x] === EDGE ? EDGE : NO_EDGE
  }
  return inside
}
