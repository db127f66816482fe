/** The environment is read as the Hub's own tools read it: they are asked. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readHubSettings } from '../../src/tools/hub/hub-settings.ts'
import { venvPython } from './venv.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-settings-'))
  await writeFile(join(folder, 'token'), ' hf_of-the-home\n')
  await writeFile(join(folder, 'other'), 'hf_of-the-file\r\n')
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => void vi.unstubAllEnvs())

const NAMES = [
  ...[
    'HF_TOKEN',
    'HUGGING_FACE_HUB_TOKEN',
    'HF_TOKEN_PATH',
    'HF_HOME',
    'HF_HUB_CACHE',
    'HF_HUB_DISABLE_IMPLICIT_TOKEN',
  ],
  ...['HF_ENDPOINT', 'HF_HUB_OFFLINE', 'HF_DATASETS_OFFLINE', 'TRANSFORMERS_OFFLINE', 'HF_HUB_ETAG_TIMEOUT'],
  ...['HF_HUB_DOWNLOAD_TIMEOUT', 'HUGGINGFACE_HUB_CACHE', 'HF_OIDC_RESOURCE', 'XDG_CACHE_HOME'],
]

const ENVIRONMENTS: readonly [name: string, environment: Record<string, string>][] = [
  ['nothing set', {}],
  ['a home with a token', { HF_HOME: '{folder}' }],
  ['tokens by name', { HF_HOME: '{folder}', HF_TOKEN: ' hf_a\n', HUGGING_FACE_HUB_TOKEN: 'hf_b' }],
  ['an older name', { HF_HOME: '{folder}', HUGGING_FACE_HUB_TOKEN: 'hf_b', HF_HUB_OFFLINE: 'yes' }],
  ['a file of its own', { HF_HOME: '{folder}', HF_TOKEN_PATH: '{folder}/other', TRANSFORMERS_OFFLINE: '1' }],
  ['none unasked', { HF_HOME: '{folder}', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'true', HF_DATASETS_OFFLINE: 'ON' }],
  [
    'places and times',
    {
      HF_HOME: '$HOME/x',
      HF_HUB_CACHE: '~/y',
      HF_ENDPOINT: 'https://mirror.example/hf/',
      HF_HUB_ETAG_TIMEOUT: '3',
      HF_HUB_DOWNLOAD_TIMEOUT: '33',
      HF_HUB_OFFLINE: '0',
    },
  ],
]

test('every setting is what the tools take it for', { timeout: 60_000 }, async () => {
  for (const name of NAMES) vi.stubEnv(name, undefined)
  vi.stubEnv('HOME', folder)
  const filled = ENVIRONMENTS.map(([, environment]) =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace('{folder}', folder)]),
    ),
  )
  const expected = await askTools(filled.map((environment) => ({ ...process.env, ...environment })))
  for (const [index, environment] of filled.entries()) {
    for (const name of NAMES) vi.stubEnv(name, environment[name])
    const { readToken, readCredential, offline, ...settings } = readHubSettings()
    const token = await readToken()
    const found = { ...settings, offline: offline !== null, token }
    expect(await readCredential()).toEqual(
      token === null ? null : { authorization: `Bearer ${token}`, origin: new URL(settings.endpoint).origin },
    )
    expect([ENVIRONMENTS[index]![0], found]).toEqual([ENVIRONMENTS[index]![0], expected[index]])
  }
})

async function askTools(environments: readonly NodeJS.ProcessEnv[]): Promise<unknown[]> {
  const asked = promisify(execFile)(venvPython(), [join(import.meta.dirname, 'python/hub_settings.py')])
  asked.child.stdin!.end(JSON.stringify(environments))
  return JSON.parse((await asked).stdout) as unknown[]
}
