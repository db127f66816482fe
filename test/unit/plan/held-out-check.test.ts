import { expect, test } from 'vitest'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import { bareFacts, config } from './facts.ts'

function check(pictures: number, dataset: Record<string, unknown>) {
  const facts = { ...bareFacts, source: { ...bareFacts.source, pictures } }
  const of = config({ dataset: { source: { folder: './photos' }, ...dataset } })
  const plan = buildPlan({ config: of, configFile: null, facts, specs: stageSpecs, until: 'write-dataset' })
  return { training: plan.training, found: plan.checks.find(({ code }) => code === 'held-out') }
}

test('more than half of the pictures can not be held out', () => {
  expect(check(12, { validation: { count: 7 } }).found).toEqual({
    code: 'held-out',
    path: 'dataset.validation.count',
    status: 'fail',
    found: '7 of 12 pictures to hold out',
    expected: 'at most half of them, 6',
    remedy: 'Lower dataset.validation.count, add pictures, or leave it out: then a tenth is held out.',
  })
})

test.each<[string, number, Record<string, unknown>, number]>([
  ['half', 12, { validation: { count: 6 } }, 6],
  ['none', 12, { validation: { count: 0 } }, 0],
  ['what the kit chooses', 12, {}, 1],
  ['what the kit chooses of a single picture', 1, {}, 0],
  ['no picture at all, which another check tells', 0, { validation: { count: 4 } }, 0],
  ['pictures that give several rows each', 12, { faces: 'all', validation: { count: 7 } }, 6],
])('%s may be', (_, pictures, dataset, heldOut) => {
  const { found, training } = check(pictures, dataset)
  expect(found).toBeUndefined()
  expect(training.validation_rows).toBe(heldOut)
})
