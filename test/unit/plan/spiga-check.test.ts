import { expect, test } from 'vitest'
import { told } from '../told.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import type { Plan, AnnotatorFact } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const here: AnnotatorFact = { key: 'k1', folder: '/cache/models/spiga/k1' }

const planWith = (fact: AnnotatorFact | null, annotator = 'spiga'): Plan =>
  buildPlan({
    config: config({ condition: { annotator } }),
    configFile: 'controlnet.yaml',
    facts: { ...bareFacts, annotator: fact },
    specs: stageSpecs,
  })
const checkOf = ({ checks }: Plan) => checks.filter(({ path }) => path === 'condition.annotator')
const fingerprint = ({ stages }: Plan) => stages.find(({ name }) => name === 'annotate-images')!.fingerprint

test('SPIGA that was never fetched fails a check', () => {
  for (const spiga of [null, { key: null, folder: null }, { key: 'k1', folder: null }])
    expect(told(checkOf(planWith(spiga)))).toEqual([
      {
        code: 'spiga-missing',
        path: 'condition.annotator',
        status: 'fail',
        found: 'SPIGA is not installed yet',
        expected: 'SPIGA, fetched and exported',
        remedy: 'Fetch it: controlnet-kit models fetch spiga',
      },
    ])
})

test('SPIGA that is there passes; other annotators are not asked for it', () => {
  expect(checkOf(planWith(here))).toMatchObject([{ code: 'spiga', status: 'pass' }])
  expect(checkOf(planWith(null, 'embedded'))).toEqual([])
})

test('other weights mean other annotations; a network that was removed from the cache does not', () => {
  expect(fingerprint(planWith(here))).not.toBe(fingerprint(planWith({ ...here, key: 'k2' })))
  expect(fingerprint(planWith(here))).toBe(fingerprint(planWith({ ...here, folder: null })))
})
