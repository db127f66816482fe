import { describe, expect, test } from 'vitest'
import { told } from '../told.ts'
import { formatPlan } from '../../../src/ui/print-plan.ts'
import { examplePlan } from './example-plan.ts'

const options = { color: false, columns: 100, workingDirectory: '/home/me/faces' }

describe('formatPlan', () => {
  test('many contacts stand on as many lines as they need', () => {
    const contacts = Array.from({ length: 9 }, (_, index) => `mirror-${index}.example.org`)
    const effects = { ...examplePlan.effects, contacts }
    const lines = formatPlan({ ...examplePlan, effects }, options).split('\n')
    const at = lines.findIndex((line) => line.includes('contacts  '))
    expect(lines.slice(at, at + 3).map((line) => line.trim().replace('contacts  ', ''))).toEqual([
      ...lines.slice(at, at + 3).map((line) => line.slice(24)),
    ])
    expect(
      lines
        .slice(at, at + 3)
        .join(' ')
        .match(/mirror-\d/g),
    ).toHaveLength(9)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  test('every command whole, to be copied', () => {
    const text = told(formatPlan(examplePlan, { ...options, commands: true }))
    expect(text.slice(text.indexOf('Commands'), text.indexOf('Next  '))).toMatchInlineSnapshot(`
      "Commands
        # create environment
        python3.12 -m venv {cache}/envs/1a2b.tmp
        PIP_NO_INPUT=1 {cache}/envs/1a2b.tmp/bin/python -m pip install \\
          --require-hashes \\
          --requirement python/diffusers.lock.txt
        # train ControlNet
        cd {run} &&
        HF_HUB_OFFLINE=1 {cache}/envs/1a2b/bin/python python/launch.py \\
          --validation_prompt 'a person'\\''s face' \\
          --seed 42 \\
          --allow_tf32

      "
    `)
  })

  test('100 columns', () => {
    expect(told(formatPlan(examplePlan, options))).toMatchInlineSnapshot(`
      "Plan for face-landmarks                                                              controlnet.yaml

      Condition     face landmarks: where the 68 landmarks of each face are, drawn as spiga-seg
                    Any picture becomes one with: controlnet-kit annotate photo.jpg
                    (embedded annotator, 0.6 MB; 43 ms of one core a picture)

      Stages        = collect images, annotate images   unchanged since 10:12
                    ~ write dataset                     dataset.resolution changed: 1,147 + 16 rows
                    + create environment                new: torch 2.13.0 cu130
                    + train ControlNet                  new: diffusers engine
                    + verify model                      new
                    – publish                           nothing leaves this machine

      Training      effective batch 16 (4 × 4 accumulation × 1 GPU)   ≈ 72 steps an epoch
                    ≈ 216 steps in 3 epochs
                    previews every 72 steps   checkpoints every 72 (keeps 3)
                    ≈ 1,147 + 16 rows (training + held out)   preset 16gb on Tesla T4 (GPU 0)
                    precision fp16   learning rate 1e-5   engine diffusers
                    preset 16gb: the largest that fits the 15.7 GB free; fp16: compute capability 7.5,
                    bf16 needs 8.0
                    ≈ an estimate until done: write dataset

      Memory        13.4 GB of 15.7 GB free on Tesla T4 (GPU 0)              fits, 2.2 GB spare · measured
                    base 2.1   controlnet 1.4   optimiser 2.9   activations 5.7   overhead 1.3

      Checks        2 passed
                    ! python-venv  Python 3.11.2 has no ensurepip   → apt-get install python3.11-venv

      Effects       writes    dataset   runs   /home/me/.cache/controlnet-kit
                    contacts  huggingface.co, github.com, your pip index
                    publishes nothing

      Programs      python3.12, python, launch.py   --commands shows them whole

      Next          controlnet-kit train"
    `)
  })

  test('70 columns: everything but the commands fits', () => {
    const lines = formatPlan(examplePlan, { ...options, columns: 70 }).split('\n')
    expect(lines.length).toBeGreaterThan(30)
    const start = lines.indexOf('Commands')
    expect(lines.slice(0, start).filter((line) => line.length > 70)).toEqual([])
  })

  test('a failed check comes first and changes what to do next', () => {
    const failed = {
      code: 'source',
      status: 'fail',
      found: 'photos/ is empty',
      expected: 'pictures',
      remedy: '',
    } as const
    const text = formatPlan({ ...examplePlan, checks: [...examplePlan.checks, failed] }, options)
    expect(text).toContain('✖ source       photos/ is empty (expected pictures)\n              ! python-venv')
    expect(told(text, { config: 'face.yaml' }).split('\n').at(-1)).toBe(
      'Next          mend the failed check, then: controlnet-kit plan face.yaml',
    )
  })

  test('a condition that nothing can make from a picture, and what the source gave', () => {
    const condition = {
      title: 'your own conditioning images',
      drives: 'what your conditioning images show',
      from_any_picture: null,
      made: { rows: 1163, pictures: 1204 },
    }
    expect(formatPlan({ ...examplePlan, condition }, options)).toContain(
      [
        'Condition     your own conditioning images: what your conditioning images show',
        '              Nothing turns a regular picture into it: see the check condition-at-use-time.',
        '              It made 1,163 rows of your 1,204 pictures.',
      ].join('\n'),
    )
  })

  test('a plan without training shows none', () => {
    const text = formatPlan({ ...examplePlan, stages: examplePlan.stages.slice(0, 3), pending: [] }, options)
    expect(text).not.toContain('Training')
    expect(text).not.toContain('≈')
    expect(text).not.toContain('Commands')
  })

  test('colour is added to the same text', () => {
    const painted = formatPlan(examplePlan, { ...options, color: true })
    // eslint-disable-next-line no-control-regex
    expect(told(painted.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, ''))).toBe(
      told(formatPlan(examplePlan, options)),
    )
    expect(painted).toContain('\u001b[33m~ write dataset')
  })
})
