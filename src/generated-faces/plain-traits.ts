/** Traits of a plain face: closer, softly lit, without what differs from pixel to pixel, in colours that have a name. */
import { BACKGROUND_COLOURS, HAIR_COLOURS, SKIN_COLOURS, type NamedColour } from './colour-names.ts'
import { SMOOTH } from './curve.ts'
import { mixRgb, type Rgb } from './palette.ts'
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'
import { planTraits, type Traits } from './traits.ts'

export function planPlainTraits(seed: number, index: number): Traits {
  const traits = planTraits(seed, index)
  const r = createSeededRandom(seed, index, 1)
  const skin = about(r, SKIN_COLOURS)
  const hair = about(r, HAIR_COLOURS)
  const background = about(r, BACKGROUND_COLOURS)
  return {
    ...traits,
    salt: SMOOTH,
    camera: { pixelsPerMm: r.between(1.75, 2), x: 256 + r.around(14), y: 250 + r.around(10) },
    expression: { ...traits.expression, eyesOpen: r.between(0.85, 1.15) },
    light: {
      ...traits.light,
      azimuth: r.around(45),
      elevation: r.between(20, 45),
      fill: dim([0.55, 0.55, 0.55], r.between(0.9, 1.1)),
      rim: 0,
    },
    skin: { colour: skin, redness: 0.7, freckles: 0, age: 0.3 * traits.skin.age },
    lips: mixRgb([0.78 * skin[0], 0.5 * skin[1], 0.5 * skin[2]], [0.42, 0.06, 0.07], r.between(0.1, 0.7)),
    hair: {
      ...traits.hair,
      colour: hair,
      brow: [0, 1, 2].map((k) => Math.min(0.6 * hair[k]!, 0.35 * skin[k]!)) as unknown as Rgb,
      recede: 0,
      curl: 0,
    },
    beard: traits.beard.kind === 'stubble' ? { ...traits.beard, kind: 'none' } : traits.beard,
    glasses: null,
    clothing: { ...traits.clothing, pattern: 'plain' },
    background: { colours: [dim(background, 1.15), dim(background, 0.85), background], blobs: 0 },
    sensorNoise: 0,
  }
}

/** One of the colours, a little lighter or darker. */
function about(r: SeededRandom, colours: readonly NamedColour[]): Rgb {
  return dim(r.pick(colours)[1], r.between(0.88, 1.12))
}

function dim([red, green, blue]: Rgb, share: number): Rgb {
  return [Math.min(1, red * share), Math.min(1, green * share), Math.min(1, blue * share)]
}
