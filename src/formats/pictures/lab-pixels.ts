/** Pixels in Lab and YCbCr → sRGB. Pure. */
import { encodeSrgb } from './srgb-light.ts'
import type { TiffEncoding } from './tiff-colours.ts'

export interface Samples {
  /** 8 or 16 bits each, `channels` for each pixel; the first three are the colour. */
  readonly data: Uint8Array | Uint16Array
  readonly channels: number
}

/** 8 bits; what follows the colour stays. */
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

/** Puts one pixel where its samples are; what is beyond 0 to 255 is clamped by the array. */
type WritePixel = (out: Uint8ClampedArray, at: number, data: Samples['data']) => void

/** JPEG's, full range. */
const writeYcbcr: WritePixel = (out, at, data) => {
  const [y, blue, red] = [data[at]!, data[at + 1]! - 128, data[at + 2]! - 128]
  out[at] = y + 1.402 * red
  out[at + 1] = y - 0.344136 * blue - 0.714136 * red
  out[at + 2] = y + 1.772 * blue
}

/** How L (0 to 100), a and b (about -128 to 127) are stored. */
interface LabCoding {
  /** Of L = 100. */
  readonly white: number
  /** Of a = 1. */
  readonly unit: number
  /** What is this or more stands for a negative number, less twice this; else what is taken off. */
  readonly half: number
  readonly isSigned: boolean
}

function planLab(encoding: 'cielab' | 'icclab', isWide: boolean): LabCoding {
  if (encoding === 'icclab') return { white: 255, unit: 1, half: 128, isSigned: false }
  return isWide
    ? { white: 65535, unit: 256, half: 32768, isSigned: true }
    : { white: 255, unit: 1, half: 128, isSigned: true }
}

/** XYZ of the white that Lab is relative to, D50. */
const [WHITE_X, WHITE_Z] = [0.9642, 0.8249]

/** XYZ under D50 → the linear light of sRGB's primaries, adapted by Bradford's method. */
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

/** Lab's own inverse: a straight line near black. */
function fromCubeRoot(f: number): number {
  return f > 6 / 29 ? f * f * f : (f - 16 / 116) * (108 / 841)
}
