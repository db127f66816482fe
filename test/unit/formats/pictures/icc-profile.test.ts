import { describe, expect, test } from 'vitest'
import { formatIccProfile } from '../../../../src/formats/pictures/format-icc-profile.ts'
import { SRGB_CHROMATICITIES } from '../../../../src/formats/pictures/chromaticities.ts'
import {
  isSrgbProfile,
  measureSrgbError,
  parseIccProfile,
} from '../../../../src/formats/pictures/icc-profile.ts'

/** 65,536ths of X, Y and Z, as the profiles have them. */
const HP = [0x6fa2, 0x38f5, 0x0390, 0x6299, 0xb785, 0x18da, 0x24a0, 0x0f84, 0xb6cf]
const GIMP = [0x6fa1, 0x38f6, 0x0391, 0x6297, 0xb787, 0x18da, 0x249e, 0x0f83, 0xb6c2]
const ARGYLL = [0x6fa0, 0x38f5, 0x0390, 0x6297, 0xb787, 0x18d9, 0x249f, 0x0f84, 0xb6c4]
const ADOBE = [0x9c18, 0x4fa5, 0x04fc, 0x348d, 0xa02c, 0x0f95, 0x2631, 0x102f, 0xbe9c]
const SRGB_NUMBERS = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

const u32 = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
]
const text = (value: string): number[] => [...Buffer.from(value, 'latin1')]
const decodeSrgb = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4

const curv = (...samples: number[]): number[] => [
  ...text('curv\0\0\0\0'),
  ...u32(samples.length),
  ...samples.flatMap((sample) => [sample >> 8, sample & 255]),
]
const sampled = (count: number): number[] =>
  curv(...Array.from({ length: count }, (_, index) => Math.round(65535 * decodeSrgb(index / (count - 1)))))
const para = (kind: number, ...numbers: number[]): number[] => [
  ...text('para\0\0\0\0\0'),
  kind,
  0,
  0,
  ...numbers.flatMap((value) => u32(Math.round(value * 65536))),
]

interface Profile {
  readonly name?: string
  readonly primaries?: readonly number[]
  readonly curve?: readonly number[]
  readonly blue?: readonly number[]
  readonly space?: string
  readonly more?: Readonly<Record<string, readonly number[]>>
}

function write({
  name = '',
  primaries = HP,
  curve = sampled(1024),
  blue = curve,
  space = 'mntrRGB XYZ ',
  more = {},
}: Profile): Buffer {
  const xyz = (at: number): number[] => [...text('XYZ \0\0\0\0'), ...primaries.slice(at, at + 3).flatMap(u32)]
  const tags = {
    desc: text(`desc\0\0\0\0${name}`),
    ...{ rXYZ: xyz(0), gXYZ: xyz(3), bXYZ: xyz(6), rTRC: curve, gTRC: curve, bTRC: blue },
    ...more,
  }
  const start = 128 + 4 + 12 * Object.keys(tags).length
  let at = start
  const directory = Object.entries(tags).flatMap(([tag, bytes]) => {
    const entry = [...text(tag), ...u32(at), ...u32(bytes.length)]
    at += bytes.length
    return entry
  })
  const header = Buffer.alloc(128)
  header.write(space, 12, 'latin1')
  header.write('acsp', 36, 'latin1')
  return Buffer.concat([
    header,
    Buffer.from([...u32(Object.keys(tags).length), ...directory, ...Object.values(tags).flat()]),
  ])
}

const measure = (profile: Profile): number => measureSrgbError(parseIccProfile(write(profile))!)

describe('is sRGB, whatever its name says', () => {
  test.each<[string, Profile]>([
    ["HP's, 1024 samples", { name: 'sRGB IEC61966-2.1' }],
    ["Facebook's c2, 26 samples", { name: 'c2', curve: sampled(26) }],
    ["GIMP's built-in", { name: 'GIMP built-in sRGB', primaries: GIMP, curve: para(3, ...SRGB_NUMBERS) }],
    ["Skia's, without a name", { primaries: ARGYLL, curve: para(4, ...SRGB_NUMBERS, 0, 0) }],
    ['called something else', { name: 'Adobe RGB (1998)', primaries: ARGYLL }],
    ['with what calibrates a screen', { more: { vcgt: text('vcgt\0\0\0\0') } }],
  ])('%s', (_, profile) => {
    expect(isSrgbProfile(write(profile))).toBe(true)
    expect(measure(profile)).toBeLessThan(1.7)
  })
})

describe('is none, whatever its name says', () => {
  test.each<[string, Profile, error: number]>([
    ['linear, no samples', { name: 'Linear sRGB', curve: curv() }, 73],
    ['linear, an exponent', { name: 'sRGB g10', curve: para(0, 1) }, 73],
    ['calibrated to 1.8', { name: 'Monitor calibrated to sRGB', curve: curv(461) }, 20],
    ['an exponent of 2.2', { name: 'sRGB 2.2', curve: curv(563) }, 7],
    ['one curve of three', { name: 'sRGB', blue: curv(461) }, 20],
    ['wider primaries', { name: 'like sRGB', primaries: ADOBE }, 102],
    ["television's curve", { curve: para(3, 1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081) }, 16],
  ])('%s', (_, profile, error) => {
    expect(isSrgbProfile(write(profile))).toBe(false)
    expect(Math.abs(measure(profile) - error)).toBeLessThan(2)
  })

  test.each<[string, Profile]>([
    ['grey', { space: 'mntrGRAYXYZ ' }],
    ['CMYK', { space: 'prtrCMYKLab ' }],
    ['with a table, which comes before the primaries', { more: { A2B0: text('mft2\0\0\0\0') } }],
    ['a curve of another type', { curve: text('mft2\0\0\0\0') }],
    ['an unknown kind of curve', { curve: para(5, 1) }],
  ])('%s', (_, profile) => {
    expect(parseIccProfile(write(profile))).toBeNull()
    expect(isSrgbProfile(write(profile))).toBe(false)
  })

  test('a profile that is cut short anywhere', () => {
    const whole = write({ curve: sampled(26) })
    expect(isSrgbProfile(whole)).toBe(true)
    for (let length = 0; length < whole.length; length++)
      expect(isSrgbProfile(whole.subarray(0, length))).toBe(false)
  })
})

test.each<[string, number[], (value: number) => number]>([
  ['exponent', para(0, 1.8), (value) => value ** 1.8],
  ['with zeros below', para(1, 2, 2, -1), (value) => (value < 0.5 ? 0 : (2 * value - 1) ** 2)],
  ['with an offset', para(2, 2, 2, -1, 0.25), (value) => (value < 0.5 ? 0 : (2 * value - 1) ** 2) + 0.25],
  ['with a line', para(3, 2, 1, 0, 0.5, 0.5), (value) => (value < 0.5 ? value / 2 : value ** 2)],
  [
    'with all',
    para(4, 2, 1, 0, 0.5, 0.5, 0.1, 0.2),
    (value) => (value < 0.5 ? value / 2 + 0.2 : value ** 2 + 0.1),
  ],
  ['samples', curv(0, 65535, 0), (value) => 1 - Math.abs(2 * value - 1)],
])('a curve: %s', (_, curve, wanted) => {
  const [found] = parseIccProfile(write({ curve }))!.curves
  for (const value of [0, 0.25, 0.5, 0.75, 1]) expect(found!(value)).toBeCloseTo(wanted(value), 4)
})

test('what is written is read again', () => {
  const written = formatIccProfile({ chromaticities: SRGB_CHROMATICITIES, curve: SRGB_NUMBERS })!
  expect(measureSrgbError(parseIccProfile(written)!)).toBeLessThan(0.7)
  const nowhere = { white: [0, 0], primaries: SRGB_CHROMATICITIES.primaries } as const
  expect(formatIccProfile({ chromaticities: nowhere, curve: [1] })).toBeNull()
})
