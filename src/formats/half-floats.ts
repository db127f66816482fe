/** Numbers of 32 bits → numbers of 16 bits (IEEE 754), to the nearest, of two equally near ones the even. Pure. */

/** Little-endian float32 values → float16 values, half as many bytes. The length is a multiple of four. */
export function toHalfFloats(bytes: Uint8Array): Uint8Array {
  // A copy where the values don't begin at a multiple of four.
  const source = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const wide = new Uint32Array(source.buffer, source.byteOffset, source.byteLength / 4)
  const half = new Uint16Array(wide.length)
  for (let index = 0; index < wide.length; index++) half[index] = toHalfBits(wide[index]!)
  return new Uint8Array(half.buffer)
}

const INFINITY = 0x7c00

function toHalfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const mantissa = bits & 0x7fffff
  const exponent = ((bits >>> 23) & 0xff) - 112
  if (exponent === 255 - 112) return sign | INFINITY | (mantissa === 0 ? 0 : 0x200)
  if (exponent >= 31) return sign | INFINITY
  if (exponent < -10) return sign
  if (exponent <= 0) return sign | roundShift(mantissa | 0x800000, 14 - exponent)
  // A carry goes on into the exponent, as it should.
  return sign | ((exponent << 10) + roundShift(mantissa, 13))
}

function roundShift(value: number, shift: number): number {
  const kept = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept
}
