/** Every argument of diffusers' script: how it is set, and what is said of one that can't be. */
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { applyRules } from '../../../src/config/rules.ts'
import { knownKeys } from '../../../src/config/schema-shape.ts'
import { describeToCome } from '../../../src/config/not-yet.ts'
import { TRAINER_SCRIPT } from '../../../src/environment/pins.ts'
import { buildPlan } from '../../../src/plan/build-plan.ts'
import { stageSpecs } from '../../../src/stages/index.ts'
import { parseScript } from '../../../src/trainer/script-arguments.ts'
import { UPSTREAM_ARGUMENTS } from '../../../src/trainer/upstream-arguments.ts'
import type { Facts, ScriptFact } from '../../../src/types.ts'
import { bareFacts, config } from '../plan/facts.ts'
import { told } from '../told.ts'

describe('the list', () => {
  it('has 52 arguments: 7 switches, 2 lists, 43 values', () => {
    const count = (takes: string) => UPSTREAM_ARGUMENTS.filter((one) => one.takes === takes).length
    expect([count('nothing'), count('list'), count('value')]).toEqual([7, 2, 43])
    expect(new Set(UPSTREAM_ARGUMENTS.map(({ name }) => name)).size).toBe(52)
  })

  it('names keys that there are, or that are still to come', () => {
    const names = UPSTREAM_ARGUMENTS.flatMap(({ name, set }) => (set === 'train' ? [name] : []))
    const keys = knownKeys(['train'], {})
    expect(
      names.filter((name) => !keys.includes(name) && describeToCome(['train', name], true) === null),
    ).toEqual([])
    expect(names.length).toBeGreaterThan(20)
  })
})

const script = process.env.CNK_UPSTREAM_SCRIPT
if (script) {
  it('is that of the pinned script', () => {
    const text = readFileSync(script, 'utf8')
    expect(createHash('sha256').update(text).digest('hex')).toBe(TRAINER_SCRIPT.sha256)
    const found = parseScript(text)
    expect(found.oldestDiffusers).toBe('0.40.0')
    const sorted = (list: readonly { name: string; takes: string }[]) =>
      list.map(({ name, takes }) => `${name} ${takes}`).sort()
    expect(sorted(found.arguments)).toEqual(sorted(UPSTREAM_ARGUMENTS))
  })
}

const LOCAL = `
check_min_version("0.39.0.dev0")
def parse_args(input_args=None):
    parser = argparse.ArgumentParser(description="x (y)")
    parser.add_argument(
        "--one",
        type=int,  # add_argument("--nine")
        help="not nargs=3 (or action='store_true')",
    )
    parser.add_argument('--two', action="store_true", help=("a" "b"))
    parser.add_argument("--three", type=str, nargs="+", default=[")", "("])
    parser.add_argument("--hub_strategy", default=None)
    parser.add_argument(
        "--four", default=None, help='''of
        several) lines''')
`

it('the text of a local script is read, not run', () => {
  expect(parseScript(LOCAL)).toEqual({
    oldestDiffusers: '0.39.0.dev0',
    arguments: [
      { name: 'one', takes: 'value' },
      { name: 'two', takes: 'nothing' },
      { name: 'three', takes: 'list' },
      { name: 'hub_strategy', takes: 'value' },
      { name: 'four', takes: 'value' },
    ],
  })
})

const problems = (extra: object, more: object = {}) =>
  told(applyRules(config({ train: { extra, ...more } }))).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

it.each<[object, string]>([
  [
    { learning_rat: 1 },
    'learning_rat: the training script has no flag --learning_rat; did you mean train.learning_rate?',
  ],
  [
    { allow_tf3: true },
    'allow_tf3: the training script has no flag --allow_tf3; did you mean train.extra.allow_tf32?',
  ],
  [{ zzzzzzzz: 1 }, 'zzzzzzzz: the training script has no flag --zzzzzzzz'],
  // In upstream's documentation, and not in this script.
  [{ snr_gamma: 5 }, 'snr_gamma: the training script has no flag --snr_gamma'],
  [{ learning_rate: 1e-4 }, 'learning_rate: it has a key of its own: train.learning_rate'],
  [{ push_to_hub: true }, 'push_to_hub: not taken: it uploads checkpoints and logs'],
  [{ hub_token: 'x' }, 'hub_token: not taken: it would end up in logs'],
  [{ hub_private: true }, 'hub_private: not taken: the kit uploads nothing by itself'],
  [{ scale_lr: true }, 'scale_lr: not taken: write the learning rate that you want'],
  [{ resolution: 512 }, 'resolution: filled by the kit: set dataset.resolution'],
  [{ resume_from_checkpoint: 'latest' }, 'resume_from_checkpoint: filled by the kit: controlnet-kit resume'],
  [{ report_to: 'wandb' }, 'report_to: filled by the kit: set train.trackers'],
  [{ allow_tf32: 'yes' }, 'allow_tf32: expected true or false'],
  [{ max_train_samples: 0 }, 'max_train_samples: expected a whole number, at least 1'],
  [{ max_train_samples: true }, 'max_train_samples: expected text or a number'],
  [{ tracker_project_name: '../x' }, 'tracker_project_name: expected lower-case letters, digits and dashes'],
  [{ variant: 'fp16' }, 'variant: only for base_model.folder: what the kit fetches or makes has no variants'],
])('%j is refused', (extra, problem) => {
  expect(problems(extra)).toEqual([`train.extra.${problem}`])
})

it('what has no key of its own is taken, by diffusers’ script alone', () => {
  const extra = { max_train_samples: 5, allow_tf32: false, tracker_project_name: 'my-faces' }
  expect(problems(extra)).toEqual([])
  expect(problems(extra, { engine: 'builtin' })).toEqual(['train.extra: only for train.engine: diffusers'])
})

describe('a local script', () => {
  const facts = (found: ScriptFact | null): Facts => ({
    ...bareFacts,
    script: found,
    files: { '/home/me/mine.py': { kind: 'file', sizeBytes: 1, mtimeMs: 1, sha256: 'aa' } },
  })
  const failed = (extra: object, found: ScriptFact | null) => {
    const of = config({ train: { script: './mine.py', extra } })
    expect(applyRules(of)).toEqual([])
    const { checks } = buildPlan({ config: of, configFile: null, facts: facts(found), specs: stageSpecs })
    return told(checks)
      .filter(({ code }) => code === 'trainer-flags')
      .map(({ path, found: what }) => `${path}: ${what}`)
  }
  const known: ScriptFact = {
    oldestDiffusers: null,
    arguments: [...UPSTREAM_ARGUMENTS, { name: 'snr_gamma', takes: 'value' }],
  }

  it('takes the flags that its text has', () => {
    expect(failed({ snr_gamma: 5 }, known)).toEqual([])
  })

  it('refuses others when it is planned', () => {
    expect(failed({ snr_gama: 5, allow_tf32: true }, known)).toEqual([
      'train.extra.snr_gama: the training script has no flag --snr_gama; did you mean train.extra.snr_gamma?',
    ])
    expect(failed({ snr_gamma: ['a'] }, known)).toEqual(['train.extra.snr_gamma: expected text or a number'])
  })

  it('has to know what the kit passes', () => {
    const without = known.arguments.filter(({ name }) => name !== 'set_grads_to_none')
    expect(failed({}, { ...known, arguments: without })).toEqual([
      'train.script: ./mine.py does not take --set_grads_to_none',
    ])
  })
})

it('fewer samples make fewer steps', () => {
  const training = (extra: object) => {
    const of = config({
      train: { preset: 'cpu', extra, train_batch_size: 4, gradient_accumulation_steps: 1 },
    })
    return buildPlan({ config: of, configFile: null, facts: bareFacts, specs: stageSpecs }).training
  }
  expect(training({}).steps_per_epoch).toBe(23)
  expect(training({ max_train_samples: 40 })).toMatchObject({ rows: 40, steps_per_epoch: 10 })
  expect(training({ max_train_samples: 4000 })).toMatchObject({ rows: 90, steps_per_epoch: 23 })
})
