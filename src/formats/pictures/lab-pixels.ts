/** Converts pixels in CIE Lab, ICC Lab and YCbCr to sRGB. Pure. */
import { encodeSrgb } from './srgb-light.ts'
import type { TiffEncoding } from './tiff-colours.ts'

export interface Samples {
  /** 8 or 16 bits a sample, `channels` samples a pixel; the first three are the colour. */
  readonly data: Uint8Array | Uint16Array
  readonly channels: number
}

/** Returns 8-bit samples. Channels after the third, such as alpha, keep their values (reduced to 8 bits). */
export function toSrgbPixels({ data, channels }: Samples, encoding: TiffEncoding): Uint8ClampedArray {
  const isWide = data instanceof Uint16Array
  const out = new Uint8ClampedArray(data.length)
  const write = encoding === 'ycbcr' ? writeYcbcr : writeLab(planLab(encoding, isWide))
  for (let at = 0; at < data.length; at += channels) {
    write(out, at, data)
    for (let i = at + 3; i < at + channels; i++) out[i] = isWide ? data[i]! >> 8 : data[i]!
  }
  return out
}

/** Writes one pixel at the index `at`, which is the same in both arrays. The clamped array limits values to 0 to 255. */
type WritePixel = (out: Uint8ClampedArray, at: number, data: Samples['data']) => void

/** YCbCr as in JPEG: full range, BT.601 coefficients. */
const writeYcbcr: WritePixel = (out, at, data) => {
  const [y, blue, red] = [data[at]!, data[at + 1]! - 128, data[at + 2]! - 128]
  out[at] = y + 1.402 * red
  out[at + 1] = y - 0.344136 * blue - 0.714136 * red
  out[at + 2] = y + 1.772 * blue
}

/** How L (0 to 100), a and b (about -128 to 127) are stored as integers. */
interface LabCoding {
  /** Stored value of L = 100. */
  readonly white: number
  /** Stored difference for 1 unit of a or b. */
  readonly unit: number
  /** Signed coding: stored values from here on are negative (minus twice this). Unsigned coding: the stored value of 0. */
  readonly half: number
  readonly isSigned: boolean
}

function planLab(encoding: 'cielab' | 'icclab', isWide: boolean): LabCoding {
  if (encoding === 'icclab') return { white: 255, unit: 1, half: 128, isSigned: false }
  return isWide
    ? { white: 65535, unit: 256, half: 32768, isSigned: true }
    : { white: 255, unit: 1, half: 128, isSigned: true }
}

/** X and Z of the D50 white point that Lab refers to (Y is 1). */
const [WHITE_X, WHITE_Z] = [0.9642, 0.8249]

/** Converts Lab through XYZ (D50) to sRGB. The matrix contains Bradford's adaptation to D65. */
function writeLab({ white, unit, half, isSigned }: LabCoding): WritePixel {
  const chroma = (stored: number): number =>
    (isSigned ? (stored >= half ? stored - 2 * half : stored) : stored - half) / unit
  return (out, at, data) => {
    const fy = ((data[at]! * 100) / white + 16) / 116
    const x = fromCubeRoot(fy + chroma(data[at + 1]!) / 500) * WHITE_X
    const y = fromCubeRoot(fy)
    const z = fromCubeRoot(fy - chroma(data[at + 2]!) / 200) * WHITE_Z
    out[at] = encodeSrgb(3.1338561 * x - 1.6168667 * y - 0.4906146 * z)
    out[at + 1] = encodeSrgb(-0.9787684 * x + 1.9161415 * y + 0.033454 * z)
    out[at + 2] = encodeSrgb(0.0719453 * x - 0.2289914 * y + 1.4052427 * z)
  }
}

/** Inverse of Lab's cube root function, which is a straight line near black. */
function fromCubeRoot(f: number): number {
  return f > 6 / 29 ? f * f * f : (f - 16 / 116) * (108 / 841)
}
