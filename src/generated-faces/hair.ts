/** Where hair grows on the head, its thickness and its look. */
import { bell, clamp01, curve, lerp, noise, smoothstep } from './curve.ts'
import type { Traits } from './traits.ts'

const HAIRLINE = curve([
  [0, -78],
  [18, -79],
  [36, -75],
  [52, -50],
  [62, -22],
  [68, 2],
  [76, 9],
  [82, -4],
  [90, -18],
  [102, -14],
  [114, 22],
  [128, 58],
  [145, 74],
  [180, 78],
])

/** Returns the height above which hair grows, by azimuth in degrees. Uses a table, because it is needed for every pixel. */
export function createHairline(traits: Traits): (azimuth: number) => number {
  const table = Float64Array.from({ length: 721 }, (_, i) => hairline(traits, i / 2 - 180))
  return (azimuth) => {
    const place = Math.max(0, Math.min(719.999, 2 * (azimuth + 180)))
    const below = Math.floor(place)
    return lerp(table[below]!, table[below + 1]!, place - below)
  }
}

function hairline({ hair, salt }: Traits, azimuth: number): number {
  // Far above the head, but finite, so that values can be interpolated.
  if (hair.style === 'bald') return -1e4
  const side = Math.abs(azimuth)
  const wobble = 2.5 * noise(azimuth / 9, 3, salt)
  if (hair.style === 'hat') return -52 + 22 * smoothstep(20, 90, side) + 45 * smoothstep(100, 170, side)
  const receded = hair.recede * (12 + 16 * bell(side - 38, 16)) * smoothstep(75, 50, side)
  const fringe = hair.fringe * 34 * smoothstep(62, 30, side + 0.4 * hair.parting)
  const part =
    hair.style === 'medium' || hair.style === 'long'
      ? 10 * bell(azimuth - hair.parting, 9) * (1 - hair.fringe)
      : 0
  return HAIRLINE(side) - receded + fringe - part + wobble
}

/** Returns the thickness in millimetres above the skin; `above` is the height over the hairline. */
export function hairThickness({ hair, salt }: Traits, above: number, y: number, azimuth: number): number {
  if (hair.style === 'bald') return 0
  const full = smoothstep(-1, hair.style === 'hat' ? 3 : 13, above)
  if (full === 0) return 0
  const top = smoothstep(-20, -100, y)
  const [sides, crown] = HAIR_DEPTH[hair.style]
  const depth = lerp(sides, crown, top)
  if (hair.style === 'hat') return full * depth
  const clumps = noise(azimuth / 8, y / 16, salt) + 0.5 * noise(azimuth / 3, y / 9, salt + 1)
  const parted = hair.style === 'buzz' ? 0 : 5 * bell(azimuth - hair.parting, 5) * smoothstep(-40, -70, y)
  return Math.max(
    0,
    full * (depth * (1 + hair.curl * 0.5) + clumps * depth * (0.1 + 0.25 * hair.curl)) - parted,
  )
}

const HAIR_DEPTH: Record<Exclude<Traits['hair']['style'], 'bald'>, readonly [number, number]> = {
  buzz: [1.5, 2],
  short: [4, 12],
  medium: [10, 16],
  long: [11, 15],
  hat: [8, 16],
}

/**
 * Returns the brightness of a strand pattern around 1; `along` is the position along the strands, `across` across them
 * (millimetres).
 */
export function strands(across: number, along: number, curl: number, salt: number): number {
  const bent = across + (1.5 + 6 * curl) * noise(across / 12, along / (30 - 16 * curl), salt)
  const fine = noise(bent * 1.6, along / 24, salt + 1)
  const coarse = noise(bent * 0.35, along / 40, salt + 2)
  return clamp01(0.5 + 0.3 * fine + 0.32 * coarse) * 1.1 + 0.42
}
