/**
 * Canny's edge detector on a colour picture, with OpenCV's steps. Gradients come from a 3×3 Sobel filter; border pixels are
 * repeated. Each pixel takes the channel with the largest |dx| + |dy| (the first one, if equal). Non-maximum suppression thins
 * ridges to one pixel. Edges start above `high` and continue through 8-connected pixels above `low`.
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

/** Returns one byte a pixel: 1 for an edge, else 0. */
export function findEdges({ rgb, width, height, low, high }: EdgeRequest): Uint8Array {
  const gradients = findGradients(rgb, width, height)
  const { edges, strong } = findCrests(gradients, low, high)
  growEdges(edges, strong, gradients.stride)
  return withoutMargin(edges, gradients)
}

/** Arrays with a margin of one pixel on each side. The margin holds no edges. */
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
  // Vertical half of the Sobel filter for one row: the weighted sum and the difference, with one pixel more on either side.
  const smooth = new Int16Array(stride * 3)
  const step = new Int16Array(stride * 3)
  for (let y = 0; y < height; y++) {
    filterDown(rgb, { y, width, height }, smooth, step)
    let at = (y + 1) * stride + 1
    for (let x = 3; x < (width + 1) * 3; x += 3, at++) {
      let best = -1
      for (let c = x; c < x + 3; c++) {
        const across = smooth[c + 3]! - smooth[c - 3]!
        const down = step[c - 3]! + 2 * step[c]! + step[c + 3]!
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

interface Row {
  readonly y: number
  readonly width: number
  readonly height: number
}

function filterDown(rgb: Uint8Array, { y, width, height }: Row, smooth: Int16Array, step: Int16Array): void {
  const rowBytes = width * 3
  const above = Math.max(0, y - 1) * rowBytes
  const here = y * rowBytes
  const below = Math.min(height - 1, y + 1) * rowBytes
  for (let at = 0; at < rowBytes; at++) {
    smooth[at + 3] = rgb[above + at]! + 2 * rgb[here + at]! + rgb[below + at]!
    step[at + 3] = rgb[below + at]! - rgb[above + at]!
  }
  for (const field of [smooth, step]) {
    field.copyWithin(0, 3, 6)
    field.copyWithin(rowBytes + 3, rowBytes, rowBytes + 3)
  }
}

const NO_EDGE = 0
const EDGE = 1
/** A ridge pixel between the thresholds. It becomes an edge if it is connected to one. */
const PERHAPS = 2

/** tan 22.5° as a fixed-point number with 15 bits after the point, rounded as in OpenCV. */
const TAN_22 = 13573

interface Crests {
  readonly edges: Uint8Array
  /** Indexes of the pixels above `high`, where edges start. */
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
      if (here <= low || !isCrest(strength, at, stepAlong(dx[at]!, dy[at]!, stride), stride)) continue
      edges[at] = here > high ? EDGE : PERHAPS
      if (here > high) strong.push(at)
    }
  }
  return { edges, strong }
}

/** Returns the index offset of the next pixel along the gradient: east, south, south-east or south-west. */
function stepAlong(dx: number, dy: number, stride: number): number {
  const x = Math.abs(dx)
  const y = Math.abs(dy) * 32768
  const flat = x * TAN_22
  if (y < flat) return 1
  if (y > flat + x * 65536) return stride
  return dx < 0 !== dy < 0 ? stride - 1 : stride + 1
}

/**
 * Returns true for a local maximum: larger than the neighbour before and at least as large as the one after; on diagonals
 * larger than both.
 */
function isCrest(strength: Int16Array, at: number, step: number, stride: number): boolean {
  const here = strength[at]!
  const after = strength[at + step]!
  if (here <= strength[at - step]!) return false
  return step === 1 || step === stride ? here >= after : here > after
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
