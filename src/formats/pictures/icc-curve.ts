/** Reads tone curves of ICC profiles (ICC.1:2022, 10.6 and 10.18). Pure. */

/** Maps a device value (0 to 1) to linear light (0 to 1). */
export type IccCurve = (value: number) => number

const TYPE_CURVE = 0x63757276
const TYPE_PARAMETRIC = 0x70617261

/** Returns null when the tag is missing or of another type. Throws RangeError when the data is cut short. */
export function parseIccCurve(tag: DataView | undefined): IccCurve | null {
  const type = tag?.getUint32(0)
  if (tag === undefined || (type !== TYPE_CURVE && type !== TYPE_PARAMETRIC)) return null
  return type === TYPE_CURVE ? readSampled(tag) : readParametric(tag)
}

/** Reads a `curv` tag: no samples mean identity, one sample is an exponent, more samples are interpolated linearly. */
function readSampled(tag: DataView): IccCurve {
  const count = tag.getUint32(8)
  if (count === 0) return (value) => value
  if (count === 1) return power(tag.getUint16(12) / 256)
  if (12 + 2 * count > tag.byteLength) throw new RangeError('the curve is cut short')
  return (value) => {
    const at = value * (count - 1)
    const below = Math.min(count - 2, Math.floor(at))
    const [low, high] = [0, 2].map((ahead) => tag.getUint16(12 + 2 * below + ahead) / 65535)
    return low! + (high! - low!) * (at - below)
  }
}

function power(exponent: number): IccCurve {
  return (value) => value ** exponent
}

/** Number of parameters for each function type of a `para` tag. */
const PARAMETERS = [1, 3, 4, 5, 7]

function readParametric(tag: DataView): IccCurve | null {
  const kind = tag.getUint16(8)
  const count = PARAMETERS[kind]
  if (count === undefined) return null
  const numbers = Array.from({ length: count }, (_, index) => tag.getInt32(12 + 4 * index) / 65536)
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers
  const raise = (value: number): number => Math.max(0, a * value + b) ** g
  if (kind === 0) return power(g)
  if (kind === 1) return (value) => (value >= -b / a ? raise(value) : 0)
  if (kind === 2) return (value) => (value >= -b / a ? raise(value) : 0) + c
  return (value) => (value >= d ? raise(value) + e : c * value + f)
}
