/** All values that distinguish generated people and photographs. Lengths are in millimetres, angles in degrees. */
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'
import {
  backdrop,
  FRAMES,
  hairColour,
  IRIS,
  lipColour,
  parse,
  skinColour,
  vivid,
  type Rgb,
} from './palette.ts'

export interface Traits {
  /** Seed of all noise. */
  readonly salt: number
  readonly face: {
    readonly width: number
    readonly jawWidth: number
    readonly chin: number
    readonly cheeks: number
    readonly eyeSize: number
    readonly eyeSpacing: number
    readonly eyeTilt: number
    readonly browHeight: number
    readonly browArch: number
    readonly browThickness: number
    readonly noseLength: number
    readonly noseWidth: number
    readonly noseHeight: number
    readonly mouthWidth: number
    readonly mouthHeight: number
    readonly upperLip: number
    readonly lowerLip: number
  }
  readonly expression: {
    /** Gap between the lips. */
    readonly mouthOpen: number
    /** -0.4 (sad) to 1. */
    readonly smile: number
    /** 0 (closed) to 1.15. */
    readonly eyesOpen: number
    readonly browRaise: number
    readonly gazeX: number
    readonly gazeY: number
  }
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number }
  readonly camera: { readonly pixelsPerMm: number; readonly x: number; readonly y: number }
  readonly light: {
    readonly azimuth: number
    readonly elevation: number
    readonly key: Rgb
    readonly fill: Rgb
    readonly rim: number
  }
  readonly skin: {
    readonly colour: Rgb
    readonly redness: number
    readonly freckles: number
    readonly age: number
  }
  readonly lips: Rgb
  readonly iris: Rgb
  readonly hair: {
    readonly style: 'short' | 'medium' | 'long' | 'buzz' | 'bald' | 'hat'
    readonly colour: Rgb
    readonly brow: Rgb
    readonly fringe: number
    readonly recede: number
    readonly parting: number
    readonly curl: number
    /** Lower end of long hair. */
    readonly end: number
  }
  readonly beard: { readonly kind: 'none' | 'stubble' | 'full' | 'moustache'; readonly strength: number }
  readonly glasses: { readonly colour: Rgb; readonly roundness: number; readonly size: number } | null
  readonly clothing: {
    readonly colour: Rgb
    readonly second: Rgb
    readonly pattern: 'plain' | 'stripes'
    readonly neck: number
  }
  readonly background: { readonly colours: readonly [Rgb, Rgb, Rgb]; readonly blobs: number }
  readonly sensorNoise: number
}

export function planTraits(seed: number, index: number): Traits {
  const r = createSeededRandom(seed, index)
  const masculine = r.chance(0.5)
  const tone = r.unit()
  const style = masculine
    ? r.pick(['short', 'short', 'short', 'buzz', 'medium', 'bald', 'hat'] as const)
    : r.pick(['long', 'long', 'long', 'medium', 'short', 'hat'] as const)
  const skin = skinColour(tone)
  const age = r.unit()
  const hair = hairColour(r, tone, age)
  return {
    salt: Math.floor(r.unit() * 1e6),
    face: planFace(r, masculine),
    expression: planExpression(r),
    pose: { yaw: r.around(30), pitch: r.around(20), roll: r.around(18) },
    camera: { pixelsPerMm: r.between(1.35, 1.68), x: 256 + r.around(22), y: 254 + r.around(14) },
    light: planLight(r),
    skin: {
      colour: skin,
      redness: r.between(0.4, 1),
      freckles: r.chance(0.15) && tone < 0.4 ? r.unit() : 0,
      age,
    },
    lips: lipColour(r, skin, masculine),
    iris: parse(r.pick(tone > 0.5 ? IRIS.slice(0, 2) : IRIS)),
    hair: {
      style,
      colour: hair,
      brow: [0, 1, 2].map((i) => Math.min(0.75 * hair[i]!, 0.4 * skin[i]!)) as unknown as Rgb,
      fringe: !masculine && style !== 'hat' && r.chance(0.35) ? r.between(0.4, 1) : 0,
      recede: masculine && r.chance(0.3) ? r.unit() : 0,
      parting: r.around(30),
      curl: r.chance(0.3) || tone > 0.75 ? r.between(0.4, 1) : r.between(0, 0.2),
      end: r.between(90, 200),
    },
    beard: planBeard(r, masculine),
    glasses: r.chance(0.2)
      ? { colour: parse(r.pick(FRAMES)), roundness: r.between(2.2, 4), size: r.between(0.92, 1.1) }
      : null,
    clothing: {
      colour: vivid(r),
      second: vivid(r),
      pattern: r.chance(0.25) ? 'stripes' : 'plain',
      neck: r.chance(0.4) ? r.between(14, 40) : r.between(0, 8),
    },
    background: {
      colours: [backdrop(r), backdrop(r), backdrop(r)],
      blobs: r.chance(0.6) ? Math.floor(r.between(4, 10)) : 0,
    },
    sensorNoise: r.between(0.002, 0.008),
  }
}

function planFace(r: SeededRandom, masculine: boolean): Traits['face'] {
  return {
    width: r.between(0.94, 1.05),
    jawWidth: (masculine ? 1.03 : 0.94) + r.around(0.06),
    chin: (masculine ? 2 : -3) + r.around(6),
    cheeks: r.between(0, 1),
    eyeSize: (masculine ? 0.98 : 1.06) + r.around(0.08),
    eyeSpacing: 1 + r.around(0.05),
    eyeTilt: r.around(2.2),
    browHeight: (masculine ? 1.5 : -1) + r.around(2.5),
    browArch: (masculine ? 0.7 : 1.15) + r.around(0.4),
    browThickness: (masculine ? 1.2 : 0.85) + r.around(0.25),
    noseLength: 1 + r.around(0.08),
    noseWidth: 1 + r.around(0.2),
    noseHeight: 1 + r.around(0.2),
    mouthWidth: 1 + r.around(0.1),
    mouthHeight: r.around(2.5),
    upperLip: (masculine ? 0.85 : 1.1) + r.around(0.25),
    lowerLip: (masculine ? 0.9 : 1.1) + r.around(0.25),
  }
}

function planExpression(r: SeededRandom): Traits['expression'] {
  const open = r.chance(0.35)
  return {
    mouthOpen: open ? r.between(3, 16) : 0,
    smile: r.chance(0.7) ? r.between(0.3, 1) : r.between(-0.12, 0.3),
    eyesOpen: r.chance(0.08) ? 0 : r.between(0.75, 1.1),
    browRaise: r.around(2.2),
    gazeX: r.around(2.5),
    gazeY: r.around(1),
  }
}

function planLight(r: SeededRandom): Traits['light'] {
  const warmth = r.around(0.16)
  const ambient = r.between(0.28, 0.5)
  const strength = r.between(0.85, 1.15)
  return {
    azimuth: r.around(75),
    elevation: r.between(12, 55),
    key: [strength * (1 + warmth), strength, strength * (1 - warmth)],
    fill: [ambient * (1 - warmth / 2), ambient, ambient * (1 + warmth / 2)],
    rim: r.chance(0.4) ? r.between(0.2, 0.6) : 0,
  }
}

function planBeard(r: SeededRandom, masculine: boolean): Traits['beard'] {
  const kind = masculine
    ? r.pick(['none', 'none', 'stubble', 'stubble', 'full', 'moustache'] as const)
    : 'none'
  return { kind, strength: r.between(0.5, 1) }
}
