import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ToolError, UserError } from '../../src/errors.ts'
import { createEnvironment } from '../../src/stages/create-environment/create-environment.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { pipSettings, tinyEnvironment } from './environment-setup.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-environment-'))
  for (const [name, value] of Object.entries(pipSettings(folder))) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const site = (venv: string) => join(venv, 'lib')
const packages = async (venv: string) =>
  (await readdir(site(venv), { recursive: true }))
    .filter((path) => /\/[a-z]+-1\.0\.dist-info$/.test(path))
    .map((path) => path.split('/').at(-1))
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UserError & ToolError,
  )

test('makes the venv, tells how far it is, and makes it again only when it must', async () => {
  const { context, venv, events } = await tinyEnvironment(folder)
  expect(await createEnvironment.run(context)).toEqual({
    line: expect.stringMatching(/^torch 2\.13\.0 cpu, Python 3\./),
  })
  expect((await packages(venv)).sort()).toEqual([
    'alpha-1.0.dist-info',
    'beta-1.0.dist-info',
    'gamma-1.0.dist-info',
  ])
  const notes = events.map((event) =>
    event.type === 'progress' ? `${event.done}/${event.total} ${event.note}` : event.type,
  )
  expect(notes).toEqual([
    '1/3 alpha',
    '2/3 beta',
    '2/3 unpacking',
    'log',
    '3/3 gamma',
    '3/3 unpacking',
    '3/3 checking that torch starts',
  ])
  expect(await readdir(folder)).toEqual(['lock.txt', 'venv', 'wheels'])

  const before = await stat(join(venv, 'pyvenv.cfg'))
  expect(await createEnvironment.run(context)).toEqual({ line: 'torch 2.13.0 cpu, was there' })
  expect((await stat(join(venv, 'pyvenv.cfg'))).mtimeMs).toBe(before.mtimeMs)

  // Finished, as far as the folder tells, but broken.
  const alpha = (await readdir(site(venv), { recursive: true })).find((path) => path.endsWith('/alpha'))!
  await rm(join(site(venv), alpha), { recursive: true })
  expect((await createEnvironment.run(context)).line).not.toContain('was there')

  // It works, but the plan saw that something in it has changed.
  await utimes(join(venv, 'installed.json'), 1, 1)
  const rebuild = { ...context, stage: { ...context.stage, action: 'rebuild' as const } }
  expect((await createEnvironment.run(rebuild)).line).not.toContain('was there')
})

test('packages of a second lock are installed and counted with the first', async () => {
  const { context, venv, events } = await tinyEnvironment(folder, { twoLocks: true })
  await createEnvironment.run(context)
  expect(await packages(venv)).toHaveLength(3)
  expect(events.findLast((event) => event.type === 'progress')).toMatchObject({ done: 3, total: 3 })
})

test('killed in the middle: nothing looks finished, nothing lives on, the next run makes it whole', async () => {
  const { context, venv } = await tinyEnvironment(folder, { files: 4000 })
  const child = runInAnotherProcess(context)
  await until(async () =>
    (await readdir(site(venv), { recursive: true }).catch(() => [])).some((path) =>
      path.endsWith('/beta/m9.py'),
    ),
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  await until(async () => (await processesUnder(folder)).length === 0)
  await expect(access(join(venv, 'installed.json'))).rejects.toThrow()
  await expect(access(join(venv, 'controlnet-kit.json'))).rejects.toThrow()
  await expect(access(join(venv, 'pyvenv.cfg'))).resolves.toBeUndefined()

  await createEnvironment.run(context)
  expect(await packages(venv)).toHaveLength(3)
})

test('told to stop: it stops at once and leaves nothing', async () => {
  const abort = new AbortController()
  const { context } = await tinyEnvironment(folder, { files: 4000, signal: abort.signal })
  const reason = new Error('told to stop')
  const report = () => abort.abort(reason)
  expect(await failure(createEnvironment.run({ ...context, report }))).toBe(reason)
  expect(await readdir(folder)).toEqual(['lock.txt', 'wheels'])
  expect(await processesUnder(folder)).toEqual([])
})

test('of two at once, one makes it and the other waits and takes it', async () => {
  const { context, venv, events } = await tinyEnvironment(folder)
  const lines = (await Promise.all([createEnvironment.run(context), createEnvironment.run(context)])).map(
    ({ line }) => line,
  )
  expect(lines.filter((line) => line.endsWith('was there'))).toHaveLength(1)
  const waiting = events.filter((event) => event.type === 'log' && event.message.includes('Waiting for it.'))
  expect(waiting).toMatchObject([{ message: expect.stringContaining(`${venv} is in use by controlnet-kit`) }])
})

test('a package with other bytes than the lock names is refused', async () => {
  const { context, lock } = await tinyEnvironment(folder)
  await writeFile(lock, (await readFile(lock, 'utf8')).replace(/sha256:.{8}/g, 'sha256:00000000'))
  const error = await failure(createEnvironment.run(context))
  expect(error).toMatchObject({ reason: 'integrity', code: 'package-hash' })
  expect(error!.message).toBe(
    'Installing the packages failed: alpha==1.0 came with other bytes than the lock names.',
  )
  expect(await readdir(folder)).toEqual(['lock.txt', 'wheels'])
})

test('without network', async () => {
  const { context } = await tinyEnvironment(folder)
  for (const [name, value] of [
    ['NO_INDEX', '0'],
    ['FIND_LINKS', ''],
    ['RETRIES', '1'],
    ['INDEX_URL', 'http://127.0.0.1:9/'],
  ])
    vi.stubEnv(`PIP_${name}`, value)
  expect(await failure(createEnvironment.run(context))).toMatchObject({
    code: 'network-missing',
    message: 'Installing the packages failed: The package index does not answer.',
  })
})

test('a torch that nobody has', async () => {
  const { context } = await tinyEnvironment(folder)
  const commands = context.stage.commands.filter((_, index) => index !== 3)
  expect(
    await failure(createEnvironment.run({ ...context, stage: { ...context.stage, commands } })),
  ).toMatchObject({
    code: 'package-missing',
    message:
      'Installing torch failed: The package index does not have delta==1.0 for this machine and Python.',
  })
})

test('packages that are there but do not work', async () => {
  const { context } = await tinyEnvironment(folder)
  const check = {
    ...context.stage.commands.at(-1)!,
    args: ['-c', 'print(\'{"wrong": ["torch: can\\\'t add"]}\'); exit(1)'],
  }
  const stage = { ...context.stage, commands: [...context.stage.commands.slice(0, -1), check] }
  expect((await failure(createEnvironment.run({ ...context, stage })))!.message).toBe(
    "The new environment does not work: torch: can't add",
  )
})

test.each([
  ['python-missing', 'apt-get install'],
  ['python-version', 'CNK_PYTHON=/path/to/python3.11'],
  ['python-venv', 'apt-get install python3-venv'],
] as const)('%s', async (code, hint) => {
  const { context } = await tinyEnvironment(folder)
  const facts = { ...context.facts, python: { ok: false, code, found: 'Python 2.7.18' } as const }
  const error = await failure(createEnvironment.run({ ...context, facts }))
  expect(error).toMatchObject({
    code,
    message: 'Expected Python 3.11, 3.12 or 3.13, with venv and pip; found Python 2.7.18.',
  })
  expect(error!.hint).toContain(hint)
})

test("a folder that can't be made", async () => {
  const { context, venv } = await tinyEnvironment(folder)
  await writeFile(join(folder, 'file'), '')
  const paths = { ...context.paths, environment: join(folder, 'file', 'venv') }
  expect(await failure(createEnvironment.run({ ...context, paths }))).toMatchObject({
    code: expect.stringMatching(/ENOTDIR|EEXIST/),
  })
  await mkdir(venv)
})

function runInAnotherProcess(context: object) {
  const code = `import { createEnvironment } from ${JSON.stringify(join(packageRoot, 'build/stages/create-environment/create-environment.js'))}
    await createEnvironment.run({ ...${JSON.stringify(context)}, report() {}, signal: new AbortController().signal })`
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' })
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Processes whose command line names the folder, but for this test's own children that ran out. */
async function processesUnder(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(path)).map((line) => line.replaceAll('\0', ' '))
}
