/** What a caption says of a generated face. */
import { BACKGROUND_COLOURS, HAIR_COLOURS, nameColour, SKIN_COLOURS } from './colour-names.ts'
import { mixRgb } from './palette.ts'
import type { Traits } from './traits.ts'

/** `a portrait photo of a person with long brown hair, pale skin, glasses, blue background` */
export function describeTraits({ hair, skin, beard, glasses, background }: Traits): string {
  const [upper, lower] = background.colours
  return [
    `a portrait photo of a person with ${describeHair(hair)}`,
    `${nameColour(skin.colour, SKIN_COLOURS)} skin`,
    ...(BEARDS[beard.kind] === null ? [] : [BEARDS[beard.kind]]),
    ...(glasses === null ? [] : ['glasses']),
    `${nameColour(mixRgb(upper, lower, 0.5), BACKGROUND_COLOURS)} background`,
  ].join(', ')
}

function describeHair({ style, colour }: Traits['hair']): string {
  if (style === 'bald') return 'a bald head'
  if (style === 'hat') return 'a hat'
  return `${style} ${nameColour(colour, HAIR_COLOURS)} hair`
}

const BEARDS: Readonly<Record<Traits['beard']['kind'], string | null>> = {
  none: null,
  stubble: 'stubble',
  full: 'a beard',
  moustache: 'a moustache',
}
