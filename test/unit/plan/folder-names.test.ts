import { describe, expect, it } from 'vitest'
import { buildPlan, failedChecks } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import { findExpandedPart } from '../../../src/trainer/literal-path.ts'
import type { Config, Facts, Plan } from '../../../src/types.ts'
import { bareFacts, config } from './facts.ts'

const plan = (facts: Partial<Facts> = {}, of: Config = config(), until?: 'write-dataset'): Plan =>
  buildPlan({
    config: of,
    configFile: 'controlnet.yaml',
    facts: { ...bareFacts, ...facts },
    specs: stageSpecs,
    ...(until === undefined ? {} : { until }),
  })

const realPaths = (dataset: string, cache = '/home/me/.cache/controlnet-kit') => ({
  realPaths: { dataset, cache },
})

const trainingData = (of: Plan): string | undefined =>
  of.stages
    .find(({ name }) => name === 'train-controlnet')
    ?.commands[0]?.args.find((arg) => arg.startsWith('--train_data_dir='))

const fails = (of: Plan): string[] =>
  failedChecks(of).map(({ path, found, expected, remedy }) => [path, found, expected, remedy].join(' | '))

describe('findExpandedPart', () => {
  it.each([
    ['/home/me/faces', null],
    ["/home/me/My faces (2), 100%_#1 {new} ~me 'é' a]b a:b", null],
    ['/home/me/faces [v1]', '['],
    ['/home/me/set*', '*'],
    ['/home/me/why?/faces', '?'],
    ['/home/me/a::b', '::'],
    ['/home/me/$HOME', '$'],
    ['/home/me/two\nlines', 'a control character'],
  ])('%j: %j', (path, part) => expect(findExpandedPart(path)).toBe(part))
})

describe('the dataset folder', () => {
  it('is given to the trainer as it is, or by links in the cache folder', () => {
    const usual = plan()
    expect(trainingData(usual)).toBe('--train_data_dir=/home/me/dataset')
    const odd = plan(realPaths('/home/me/faces [v1]'))
    const dataset = odd.stages.find(({ name }) => name === 'write-dataset')!.fingerprint
    expect(trainingData(odd)).toBe(`--train_data_dir={cache}/linked-datasets/${dataset}`)
    expect(fails(odd)).toEqual([])
  })

  it('is refused where the cache folder has such a name too, unless nothing is trained', () => {
    const facts = realPaths('/home/me/faces [v1]', '/cache/$X')
    expect(fails(plan(facts))).toEqual([
      'dataset.output | /home/me/faces [v1] has [ in its name, and the cache folder /cache/$X has $ | one of the two without * ? [ $ and ::, which the library that loads the dataset would expand | Name another folder: dataset.output, or CNK_HOME for the cache.',
    ])
    expect(fails(plan(facts, config(), 'write-dataset'))).toEqual([])
    expect(fails(plan(realPaths('/home/me/dataset', '/cache/$X')))).toEqual([])
  })
})

describe('other folders', () => {
  it('refuses a cache folder in which Python makes no environment', () => {
    expect(fails(plan({ cache: '/mnt/a:b' }))).toEqual([
      ' | the cache folder /mnt/a:b has : in its name | a path without :: Python makes no environment in any other | Set CNK_HOME to another folder.',
    ])
    expect(fails(plan({ cache: '/mnt/a:b' }, config(), 'write-dataset'))).toEqual([])
  })

  it.each([
    [{ runs: './{run}' }, 'runs | ./{run}'],
    [{ dataset: { source: { folder: './{cache}/a' } } }, 'dataset.source | ./{cache}/a'],
    [{ base_model: { folder: '/m/{dataset}' } }, 'base_model.folder | /m/{dataset}'],
  ])('refuses names that stand for something else in a plan: %j', (more, start) => {
    const placeholder = /\{\w+\}/.exec(start)![0]
    expect(fails(plan({}, config(more)))).toContain(
      `${start} has ${placeholder} in its name | a path without ${placeholder}, which stands for something else in a plan | Rename that folder, or choose another.`,
    )
  })
})

it('leaves a caption template alone whose variable has the name of a placeholder', () => {
  const captions = { template: 'a {dataset} face' }
  const dataset = { source: { folder: './photos' }, captions }
  expect(plan({}, config({ dataset })).config.dataset.captions).toMatchObject(captions)
})
