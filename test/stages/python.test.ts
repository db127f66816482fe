import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { observePython } from '../../src/tools/python/python.ts'

let bin: string
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'cnk-bin-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(bin, { recursive: true, force: true })
})

async function program(name: string, text: string): Promise<string> {
  const file = join(bin, name)
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
  return file
}
const probe = (version: string, complete = true) => `echo '["/usr/local/python", "${version}", ${complete}]'`

test("this machine's Python, by its real path", async () => {
  const python = await observePython()
  expect(python).toMatchObject({ ok: true, minor: expect.stringMatching(/^3\.1[123]$/) })
  if (!python.ok) throw new Error(python.found)
  vi.stubEnv('PATH', bin)
  await symlink(python.file, join(bin, 'python3'))
  vi.stubEnv('CNK_PYTHON', '')
  expect(await observePython()).toMatchObject({ ok: true, version: python.version })
})

test.each([
  ['none', {}, { ok: false, code: 'python-missing', found: 'no Python on PATH' }],
  ['a shim that does not run', { python3: 'exit 127' }, { ok: false, code: 'python-missing' }],
  [
    'an old one',
    { python3: probe('3.9.2') },
    { ok: false, code: 'python-version', found: 'Python 3.9.2 (/usr/local/python)' },
  ],
  ['one that is too new', { python3: probe('3.14.0') }, { ok: false, code: 'python-version' }],
  ['one without venv', { python3: probe('3.11.2', false) }, { ok: false, code: 'python-venv' }],
  [
    'one without venv and a newer one that has it',
    { 'python3.11': probe('3.11.2', false), 'python3.13': probe('3.13.1') },
    { ok: true, version: '3.13.1', minor: '3.13', file: '/usr/local/python' },
  ],
  [
    '3.11 before a newer python3',
    { python3: probe('3.12.1'), 'python3.11': probe('3.11.9') },
    { ok: true, minor: '3.11' },
  ],
])('%s', async (_name, programs: Record<string, string>, expected) => {
  vi.stubEnv('CNK_PYTHON', '')
  for (const [name, text] of Object.entries(programs)) await program(name, text)
  vi.stubEnv('PATH', bin)
  expect(await observePython()).toMatchObject(expected)
})

test('CNK_PYTHON names the only one that is looked at', async () => {
  vi.stubEnv('CNK_PYTHON', await program('mine', probe('3.12.3')))
  expect(await observePython()).toMatchObject({ ok: true, version: '3.12.3' })
  vi.stubEnv('CNK_PYTHON', '/nowhere/python')
  expect(await observePython()).toEqual({
    ok: false,
    code: 'python-missing',
    found: 'CNK_PYTHON=/nowhere/python is no Python that runs',
  })
})
