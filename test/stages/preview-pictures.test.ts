import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeConditions } from '../../src/stages/train-controlnet/held-out-conditions.ts'
import { trainControlnet } from '../../src/stages/train-controlnet/train-controlnet.ts'
import { makeDataset, makeRun } from '../e2e/hand-made-run.ts'

test('preview pictures have the size of the training pictures: the script stacks both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cnk-previews-'))
  await makeDataset(folder, { train: 3, validation: 2 })
  const made = makeRun(folder, {
    python: 'none',
    name: 'x',
    train: { engine: 'builtin' },
    steps: 1,
    checkpointEvery: 1,
  })
  const context = made.context(trainControlnet)
  expect((await writeConditions(context, 2)).map((file) => file.slice(folder.length))).toEqual([
    '/runs/x/validation/000.png',
    '/runs/x/validation/001.png',
  ])
  const { config } = context
  const larger = { ...context, config: { ...config, dataset: { ...config.dataset, resolution: 128 } } }
  await expect(writeConditions(larger, 1)).rejects.toMatchObject({
    code: 'condition-size',
    message:
      "The dataset's conditioning image 0 is not what the training expects: expected a PNG of 128 × 128 pixels, found 64 × 64.",
  })
  expect(await readdir(made.paths.run)).toEqual(['validation'])
  await rm(folder, { recursive: true })
})
