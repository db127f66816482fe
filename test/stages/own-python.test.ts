/** A person's own Python is looked at, and tried: with the real Python, and packages that are made here. */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import { observePython } from '../../src/tools/python/python.ts'
import { observeOwnPython } from '../../src/tools/python/own-python.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-own-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const configOf = (environment: object) =>
  configSchema.parse({ version: 1, name: 'x', dataset: { source: { folder: 'x' } }, environment })

async function realPython(): Promise<string> {
  const python = await observePython()
  if (!python.ok) throw new Error(python.found)
  return python.file
}

/** A package as an installer leaves it, whose import leaves a trace. */
async function addPackage(site: string, info: string, version: string, file = 'METADATA'): Promise<void> {
  await mkdir(join(site, info), { recursive: true })
  await writeFile(
    join(site, info, file),
    `Metadata-Version: 2.1\nName: x\nVersion: ${version}\n\nVersion: 9\n`,
  )
}

test('versions come from what installers left, the build of torch from its text; nothing is imported', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  await addPackage(first, 'diffusers-0.41.0.dist-info', '0.41.0')
  await addPackage(second, 'diffusers-0.40.0.dist-info', '0.40.0')
  await addPackage(second, 'huggingface_hub-1.33.0.dist-info', '1.33.0')
  await addPackage(second, 'Pillow-13.0.0-py3.11.egg-info', '13.0.0', 'PKG-INFO')
  await writeFile(join(second, 'numpy-2.4.6.egg-info'), 'Name: numpy\nVersion: 2.4.6\n')
  await addPackage(second, 'something-1.0.dist-info', '1.0')
  await addPackage(second, 'torch-2.11.0.dist-info', '2.11.0+cu128')
  await mkdir(join(second, 'torch'))
  await writeFile(
    join(second, 'torch/version.py'),
    "cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n",
  )
  await writeFile(join(second, 'torch/__init__.py'), `open(${JSON.stringify(join(folder, 'imported'))}, 'w')`)
  vi.stubEnv('PYTHONPATH', `${first}:${second}`)
  vi.stubEnv('PYTHONNOUSERSITE', '1')
  const file = await realPython()
  const found = await observeOwnPython(configOf({ kind: 'current', python: file }), folder)
  if (found?.ok !== true) throw new Error(found?.found)
  expect(found).toMatchObject({
    given: file,
    version: expect.stringMatching(/^3\.\d+\.\d+$/),
    torchBuild: 'cu128',
  })
  expect(found.packages).toMatchObject({
    diffusers: '0.41.0',
    'huggingface-hub': '1.33.0',
    pillow: '13.0.0',
    numpy: '2.4.6',
    torch: '2.11.0+cu128',
  })
  expect(found.packages).not.toHaveProperty('something')
  await expect(access(join(folder, 'imported'))).rejects.toThrow()
})

test('a path starts at the working directory; what is no Python is told', async () => {
  await writeFile(join(folder, 'python'), '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  expect(await observeOwnPython(configOf({ kind: 'current', python: './python' }), folder)).toEqual({
    ...{ ok: false, given: './python', found: './python is no Python that runs' },
  })
  expect(
    await observeOwnPython(configOf({ kind: 'current', python: 'no-such-python' }), folder),
  ).toMatchObject({
    found: 'no-such-python is no Python that runs',
  })
})

test('nobody looks where the kit makes the environment', async () => {
  expect(await observeOwnPython(configOf({}), folder)).toBeNull()
})
