import { describe, expect, test } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Check, SourceFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

function check(source: Partial<SourceFact>): { readonly line: string; readonly found: Check | undefined } {
  const facts = { ...bareFacts, source: { ...bareFacts.source, ...source } }
  const { checks, stages } = buildPlan({ config: config(), configFile: null, facts, specs: stageSpecs })
  return { line: stages[0]!.summary, found: checks.find(({ code }) => code === 'pictures-not-read') }
}

describe('pictures of kinds that are not read', () => {
  test('are in the line of the source and in a warning', () => {
    const { line, found } = check({ unread: { '.bmp': 4, '.heic': 1200, '.cr2': 4 } })
    const counts = '1,200 .heic, 4 .bmp, 4 .cr2'
    expect(line).toBe(`100 pictures in photos/; 1,208 not read: ${counts}`)
    expect(found).toEqual({
      code: 'pictures-not-read',
      path: 'dataset.source.folder',
      status: 'warn',
      found: `1,208 more pictures in photos/ can't be read: ${counts}`,
      expected: '.jpg .png .webp .avif .tiff',
      remedy: 'Export them as JPEG or PNG.',
    })
  })

  test.each<[string, Partial<SourceFact>]>([
    ['there are none', {}],
    ['no picture is read: then that is the mistake', { pictures: 0, unread: { '.heic': 3 } }],
  ])('no warning where %s', (_, source) => {
    expect(check(source).found).toBeUndefined()
  })
})
