import { expect, test } from 'vitest'
import { planBaseModel } from '../../../src/base-models/index.ts'
import type { Config } from '../../../src/types.ts'

const facts = {
  packageRoot: '/kit',
  workingDirectory: '/project',
  pythonFiles: { 'python/make_tiny_pipeline.py': 'aa' },
}
const plan = (base_model: unknown, seed = 42) =>
  planBaseModel({
    config: {
      environment: { kind: 'venv' },
      base_model,
      train: { seed },
      dataset: { resolution: 64 },
    } as unknown as Config,
    facts,
    python: '/venv/bin/python',
  })

test('a repository', () => {
  const { folder, stamp, commands } = plan({ repo: 'owner/name', revision: 'main' })
  expect(folder).toMatch(/^\{cache\}\/base-models\/owner--name@main-[0-9a-f]{8}$/)
  expect(stamp).toBe(`${folder}/controlnet-kit.json`)
  expect(commands.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
    `/venv/bin/python /kit/python/launch.py /kit/python/fetch_model.py --repo owner/name --revision main --output ${folder}.partial`,
  ])
  expect(plan({ repo: 'owner--name/x', revision: 'main' }).folder).not.toBe(
    plan({ repo: 'owner/name--x', revision: 'main' }).folder,
  )
})

test('a made one is told apart by its seed', () => {
  const { folder, commands } = plan({ generated: 'tiny' })
  expect(commands[0]!.args.join(' ')).toBe(
    `/kit/python/launch.py /kit/python/make_tiny_pipeline.py --output ${folder}.partial --seed 42 --resolution 64`,
  )
  expect(plan({ generated: 'tiny' }, 43).folder).not.toBe(folder)
})

test("a person's own folder is used where it lies, and not written into", () => {
  const { folder, stamp, commands } = plan({ folder: './sd' })
  expect([folder, commands]).toEqual(['/project/sd', []])
  expect(stamp).toMatch(/^\{cache\}\//)
  expect(plan({ folder: '/models/sd' }).folder).toBe('/models/sd')
})
