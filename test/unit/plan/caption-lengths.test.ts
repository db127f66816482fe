/** If long captions are rejected, the rows depend on how captions are measured. */
import { describe, expect, it } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Plan } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

interface Given {
  readonly long_captions?: 'keep' | 'reject'
  readonly base_model?: Record<string, unknown>
  /** What was observed of the tokenizer. */
  readonly tokenizer?: string
  readonly prepares?: boolean
}

const SD = { repo: 'someone/sd', revision: 'main' }

function plan({ long_captions = 'reject', base_model = SD, tokenizer, prepares = false }: Given): Plan {
  const dataset = { source: { folder: './photos' }, filters: { long_captions } }
  return buildPlan({
    config: config({ dataset, base_model }),
    configFile: null,
    facts: { ...bareFacts, tokenizer: tokenizer ?? null },
    specs: stageSpecs,
    ...(prepares && { until: 'write-dataset' as const }),
  })
}

const rows = (given: Given): string =>
  plan(given).stages.find(({ name }) => name === 'annotate-images')!.fingerprint

const stages = (given: Given): string[] => plan(given).stages.map(({ name }) => name)

describe('long captions are kept: their length is only a number', () => {
  it.each<[string, Given]>([
    ['a tokenizer that comes later', { tokenizer: 'a' }],
    ['another base model', { base_model: { repo: 'someone/other', revision: 'main' } }],
    ['prepare alone', { prepares: true }],
  ])('%s changes nothing', (_what, given) => {
    expect(rows({ long_captions: 'keep', ...given })).toBe(rows({ long_captions: 'keep' }))
    expect(stages({ long_captions: 'keep' }).slice(0, 3)).toEqual([
      'collect-images',
      'annotate-images',
      'write-dataset',
    ])
  })
})

describe('long captions are left out', () => {
  it('prepare estimates where there is no tokenizer, and does it anew when there is one', () => {
    expect(rows({ prepares: true })).not.toBe(rows({ prepares: true, tokenizer: 'a' }))
    expect(stages({ prepares: true })).toEqual(['collect-images', 'annotate-images', 'write-dataset'])
  })

  it('train fetches the base model first, so its rows are those that prepare makes with the tokenizer', () => {
    expect(stages({}).slice(0, 5)).toEqual([
      'collect-images',
      'create-environment',
      'fetch-base-model',
      'annotate-images',
      'write-dataset',
    ])
    expect(rows({})).toBe(rows({ prepares: true, tokenizer: 'a' }))
  })

  it('the next train does nothing again', () => {
    expect(rows({ tokenizer: 'a' })).toBe(rows({}))
  })

  it('another base model measures otherwise', () => {
    expect(rows({ base_model: { repo: 'someone/other', revision: 'main' } })).not.toBe(rows({}))
  })

  it("a person's own folder counts by what its tokenizer holds, and nothing is fetched first", () => {
    const base_model = { folder: './sd' }
    const [none, one, other] = [undefined, 'a', 'b'].map((tokenizer) =>
      rows({ base_model, ...(tokenizer !== undefined && { tokenizer }) }),
    )
    expect(new Set([none, one, other]).size).toBe(3)
    expect(rows({ base_model, tokenizer: 'a', prepares: true })).toBe(one)
    expect(stages({ base_model })[1]).toBe('annotate-images')
  })
})
