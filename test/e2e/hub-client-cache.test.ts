/** Offline, a base model that the cache of the Hub's own client holds whole counts as there. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Plan } from '../../src/types.ts'
import { run } from '../cli/cli.ts'
import { makeModels } from './model-folders.ts'
import { venvPython } from './venv.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cnk-hub-cache-')))
const cached = join(folder, 'hf/hub/models--owner--name')
const snapshot = join(cached, 'snapshots', COMMIT)
beforeAll(() => {
  makeModels(folder, venvPython())
  mkdirSync(join(cached, 'refs'), { recursive: true })
  writeFileSync(join(cached, 'refs/main'), COMMIT)
  cpSync(join(folder, 'whole'), snapshot, { recursive: true })
  const source = 'dataset: { source: { generated: 64 } }'
  writeFileSync(
    join(folder, 'controlnet.yaml'),
    `version: 1\nname: faces\n${source}\nbase_model: { repo: owner/name }\ntrain: { engine: builtin }\n`,
  )
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function failedOffline(): Promise<string[]> {
  const env = { CNK_HOME: join(folder, 'home'), HF_HOME: join(folder, 'hf'), HF_HUB_OFFLINE: '1' }
  const { stdout } = await run(['plan', '--json'], folder, env)
  return (JSON.parse(stdout) as Plan).checks.flatMap(({ code, status }) => (status === 'fail' ? [code] : []))
}

it('whole, then without the weights of its VAE', async () => {
  expect(await failedOffline()).toEqual([])
  rmSync(join(snapshot, 'vae/diffusion_pytorch_model.safetensors'))
  expect(await failedOffline()).toEqual(['base-model-missing'])
})
