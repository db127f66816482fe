import { expect, test } from 'vitest'
import {
  BACKGROUND_COLOURS,
  HAIR_COLOURS,
  nameColour,
  SKIN_COLOURS,
} from '../../../src/generated-faces/colour-names.ts'
import { describeTraits } from '../../../src/generated-faces/describe-traits.ts'
import { parse } from '../../../src/generated-faces/palette.ts'
import { planPlainTraits } from '../../../src/generated-faces/plain-traits.ts'
import { planTraits, type Traits } from '../../../src/generated-faces/traits.ts'

const base = planTraits(1, 0)
const blue = parse('#4d74b0')
const person: Traits = {
  ...base,
  hair: { ...base.hair, style: 'long', colour: parse('#54341f') },
  skin: { ...base.skin, colour: parse('#f1d3bf') },
  beard: { kind: 'none', strength: 1 },
  glasses: null,
  background: { colours: [blue, blue, blue], blobs: 0 },
}
const START = 'a portrait photo of a person with'

test.each<[Partial<Traits>, string]>([
  [{}, `${START} long brown hair, pale skin, blue background`],
  [{ hair: { ...person.hair, style: 'bald' } }, `${START} a bald head, pale skin, blue background`],
  [{ hair: { ...person.hair, style: 'hat' } }, `${START} a hat, pale skin, blue background`],
  [{ beard: { kind: 'full', strength: 1 } }, `${START} long brown hair, pale skin, a beard, blue background`],
  [
    { beard: { kind: 'stubble', strength: 1 }, glasses: { colour: [0, 0, 0], roundness: 2, size: 1 } },
    `${START} long brown hair, pale skin, stubble, glasses, blue background`,
  ],
])('%j: %s', (changed, caption) => {
  expect(describeTraits({ ...person, ...changed })).toBe(caption)
})

test.each([HAIR_COLOURS, SKIN_COLOURS, BACKGROUND_COLOURS])(
  'named colours have their own names',
  (...list) => {
    expect(list.length).toBeGreaterThan(3)
    for (const [name, colour] of list) expect(nameColour(colour, list)).toBe(name)
  },
)

test('captions of plain faces use every colour of the lists, each for its own paint', () => {
  const people = Array.from({ length: 300 }, (_, i) => planPlainTraits(5, i))
  const words = new Set(people.flatMap((traits) => describeTraits(traits).split(/[ ,]+/)))
  for (const list of [HAIR_COLOURS, SKIN_COLOURS, BACKGROUND_COLOURS])
    for (const [name] of list) expect(words).toContain(name)
  expect(people.filter(({ glasses, background }) => glasses !== null || background.blobs > 0)).toEqual([])
})
