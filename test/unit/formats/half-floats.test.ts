import { describe, expect, it } from 'vitest'
import { toHalfFloats } from '../../../src/formats/half-floats.ts'
import { formatHalfHeader } from '../../../src/formats/safetensors.ts'

const half = (value: number): string => {
  const bytes = toHalfFloats(new Uint8Array(Float32Array.of(value).buffer))
  return new Uint16Array(bytes.buffer)[0]!.toString(16).padStart(4, '0')
}

/** As IEEE 754 has them; NumPy's float16 gives the same. */
it.each([
  ['zero', 0, '0000'],
  ['minus zero', -0, '8000'],
  ['one', 1, '3c00'],
  ['minus two', -2, 'c000'],
  ['a tenth', 0.1, '2e66'],
  ['a third', 1 / 3, '3555'],
  ['the largest', 65504, '7bff'],
  ['half-way to too large', 65520, '7c00'],
  ['just under that', 65519, '7bff'],
  ['too large', 1e9, '7c00'],
  ['infinity', -Infinity, 'fc00'],
  ['a tie, to the even one below', 2049, '6800'],
  ['a tie, to the even one above', 2051, '6802'],
  ['a carry into the exponent', 2047.9, '6800'],
  ['the smallest normal', 2 ** -14, '0400'],
  ['the smallest', 2 ** -24, '0001'],
  ['half of the smallest: a tie to zero', 2 ** -25, '0000'],
  ['three quarters of the smallest', 1.5 * 2 ** -25, '0001'],
  ['too small', 1e-10, '0000'],
  ['subnormal', 3 * 2 ** -24, '0003'],
])('%s', (_, value, expected) => expect(half(value)).toBe(expected))

it('not a number stays none', () => expect(parseInt(half(NaN), 16) & 0x7fff).toBeGreaterThan(0x7c00))

it('takes values that lie anywhere in their memory', () => {
  const memory = new Uint8Array(9)
  memory.set(new Uint8Array(Float32Array.of(1).buffer), 3)
  expect([...toHalfFloats(memory.subarray(3, 7))]).toEqual([0x00, 0x3c])
})

describe('formatHalfHeader', () => {
  const header = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

  it('halves what each tensor takes', () => {
    const head = formatHalfHeader(
      header({
        __metadata__: { format: 'pt' },
        a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
        b: { dtype: 'F32', shape: [1], data_offsets: [24, 28] },
      }),
    )!
    const length = Number(new DataView(head.buffer).getBigUint64(0, true))
    expect(head).toHaveLength(8 + length)
    expect(length % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(head.subarray(8)))).toEqual({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F16', shape: [2, 3], data_offsets: [0, 12] },
      b: { dtype: 'F16', shape: [1], data_offsets: [12, 14] },
    })
  })

  it('leaves other widths alone', () =>
    expect(formatHalfHeader(header({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }))).toBeNull())
})
