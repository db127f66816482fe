/** The plan names whom it contacts, and where nobody may be asked, what is missing. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Plan } from '../../src/types.ts'
import { run, temporaryFolder } from './cli.ts'

let folder: string
let env: Record<string, string>
beforeEach(async () => {
  folder = await temporaryFolder()
  env = {
    CNK_HOME: join(folder, 'home'),
    HF_HOME: join(folder, 'hf'),
    NO_PROXY: 'raw.corp',
    no_proxy: 'raw.corp',
  }
  await writeFile(
    join(folder, 'controlnet.yaml'),
    'version: 1\nname: faces\ndataset:\n  source: { generated: 64 }\nbase_model: { repo: owner/name }\n',
  )
})
afterEach(() => rm(folder, { recursive: true }))

const plan = async (more: Record<string, string>, ...flags: string[]) => {
  const { code, stdout, stderr } = await run(['plan', '--json', ...flags], folder, { ...env, ...more })
  expect(stderr).toBe('')
  expect(stdout).not.toContain('secret')
  const { effects, checks } = JSON.parse(stdout) as Plan
  return { code, contacts: effects.contacts, failed: checks.filter(({ status }) => status === 'fail') }
}

it('mirrors and proxies', async () => {
  const { code, contacts } = await plan({
    HF_ENDPOINT: 'https://me:secret@mirror.corp:8443/hub/',
    CNK_GITHUB_RAW: 'https://raw.corp/github',
    HTTPS_PROXY: 'http://me:secret@proxy.corp:3128',
  })
  expect(code).toBe(0)
  expect(contacts.slice(-2)).toEqual(['raw.corp', 'mirror.corp:8443 through proxy.corp:3128'])
})

it.each([
  [{ HF_ENDPOINT: 'mirror.corp' }, 'mirror-address', 'HF_ENDPOINT is not a valid address'],
  [
    { HTTPS_PROXY: 'socks5://me:secret@x:1' },
    'network-proxy',
    'HTTPS_PROXY names a proxy of the kind socks5://',
  ],
])('%j: exit 3', async (more, code, found) => {
  expect(await plan(more)).toMatchObject({ code: 3, failed: [{ code, found }] })
})

it('offline: nobody is contacted, and what is missing is a failed check', async () => {
  const found = await plan({ TRANSFORMERS_OFFLINE: 'yes' })
  expect(found.code).toBe(3)
  expect(found.failed.map(({ found, remedy }) => [found, remedy.split(',')[0]])).toEqual([
    [
      "diffusers' train_controlnet.py (v0.40.0) is not on this machine, and TRANSFORMERS_OFFLINE is set",
      'Unset TRANSFORMERS_OFFLINE',
    ],
    ['owner/name@main is not on this machine, and TRANSFORMERS_OFFLINE is set', 'Unset TRANSFORMERS_OFFLINE'],
  ])
  expect(found.contacts.filter((name) => !name.includes('pip'))).toEqual([])
  const flagged = await plan({}, '--offline')
  expect(flagged.failed[1]).toMatchObject({
    found: 'owner/name@main is not on this machine, and --offline was given',
  })
})

it('who asks nobody does not wait for the library that asks', async () => {
  const hook = `import { writeSync } from 'node:fs'
export async function load(url, context, next) { if (/undici/.test(url)) writeSync(2, url); return next(url, context) }`
  const address = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`
  const probe = `import { register } from 'node:module'; register(${JSON.stringify(address(hook))})`
  const watched = { NODE_OPTIONS: `--import=${address(probe)}` }
  expect((await plan(watched)).code).toBe(0)
  const fetched = await run(['models', 'fetch', 'face-synthetics-100', '--yes', '--quiet'], folder, {
    ...env,
    ...watched,
    CNK_FACE_SYNTHETICS: 'http://127.0.0.1:9',
  })
  expect(fetched.stderr).toMatch(/undici/)
})
