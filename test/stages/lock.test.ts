import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { acquireLock, withLock } from '../../src/tools/files/lock.ts'
import { packageRoot } from '../../src/tools/package-root.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-lock-'))
  file = join(folder, 'dataset.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const purpose = 'a test'

test('a second one is refused, and told who holds it', async () => {
  const lock = await acquireLock(file, { purpose: 'controlnet-kit prepare' })
  const error = await acquireLock(file, { purpose }).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(UserError)
  expect(error).toMatchObject({ reason: 'locked', code: 'locked' })
  expect((error as UserError).message).toContain(
    `${folder}/dataset is in use by controlnet-kit prepare (process ${process.pid}, since 2`,
  )
  await lock.release()
  await lock.release()
  await (await acquireLock(file, { purpose })).release()
  expect(await readdir(folder)).toEqual([])
})

test('releasing never removes the lock of somebody else', async () => {
  const lock = await acquireLock(file, { purpose })
  await rm(file)
  await acquireLock(file, { purpose })
  await lock.release()
  expect(await readdir(folder)).toEqual(['dataset.lock'])
})

test('the lock of a killed process is taken over', async () => {
  const child = await lockInAnotherProcess()
  await expect(acquireLock(file, { purpose })).rejects.toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await acquireLock(file, { purpose })
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('what a process left that was killed while it took the lock is removed, and nothing else', async () => {
  const child = await lockInAnotherProcess()
  const text = await readFile(file, 'utf8')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const tokens = Array.from({ length: 4 }, () => randomUUID())
  const [dead, living, unfinished, old] = tokens.map((token) => `${file}.${token}`) as [
    string,
    string,
    string,
    string,
  ]
  await writeFile(dead, text)
  await writeFile(
    living,
    JSON.stringify({ ...(JSON.parse(text) as object), pid: process.pid, startTicks: null }),
  )
  await writeFile(unfinished, '')
  await writeFile(old, '')
  await utimes(old, 1e9, 1e9)
  await writeFile(`${file}.notes`, 'of somebody else')
  await (await acquireLock(file, { purpose })).release()
  const left = [living, unfinished, `${file}.notes`].map((path) => basename(path))
  expect((await readdir(folder)).sort()).toEqual(left.sort())
})

test.each([
  ['an empty file', () => ''],
  ['another boot', (holder: object) => JSON.stringify({ ...holder, bootId: 'of another boot' })],
  [
    'a process number that was given out again',
    (holder: object) => JSON.stringify({ ...holder, startTicks: 1 }),
  ],
])('a stale lock is taken over: %s', async (_name, change) => {
  await acquireLock(file, { purpose })
  await writeFile(file, change(JSON.parse(await readFile(file, 'utf8')) as object))
  await acquireLock(file, { purpose: 'the next' })
  expect(await readFile(file, 'utf8')).toContain('the next')
})

test('a lock of another machine is respected', async () => {
  await acquireLock(file, { purpose })
  const holder = JSON.parse(await readFile(file, 'utf8')) as object
  await writeFile(file, JSON.stringify({ ...holder, host: 'elsewhere', pid: 1 }))
  await expect(acquireLock(file, { purpose })).rejects.toThrow('on elsewhere')
})

test('of many that take over a stale lock at once, one gets it', async () => {
  for (let round = 0; round < 40; round++) {
    await writeFile(file, '')
    const takers = Array.from({ length: 12 }, () => acquireLock(file, { purpose }))
    const results = await Promise.allSettled(takers)
    const taken = results.filter((result) => result.status === 'fulfilled')
    expect(taken).toHaveLength(1)
    await taken[0]!.value.release()
    expect(await readdir(folder)).toEqual([])
  }
})

test('a process that was killed while it took over holds up nobody; a living one is waited for', async () => {
  const child = await lockInAnotherProcess()
  const dead = await readFile(file, 'utf8')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await writeFile(`${file}.takeover`, dead)
  await (await acquireLock(file, { purpose })).release()
  expect(await readdir(folder)).toEqual([])
  // Killed when the stale lock was gone already.
  await writeFile(`${file}.takeover`, dead)
  await (await acquireLock(file, { purpose })).release()
  expect(await readdir(folder)).toEqual([])
  await writeFile(file, dead)
  await writeFile(
    `${file}.takeover`,
    JSON.stringify({ ...(JSON.parse(dead) as object), pid: process.pid, startTicks: null }),
  )
  await expect(acquireLock(file, { purpose })).rejects.toThrow('in use by another process')
  expect(await readFile(file, 'utf8')).toBe(dead)
})

test('waiting ends when the holder is done, and at once when it is told to stop', async () => {
  const child = await lockInAnotherProcess()
  const messages: string[] = []
  const say = (message: string): void => void messages.push(message)
  const waiting = withLock(
    file,
    { purpose, wait: { signal: new AbortController().signal, say } },
    async () => 'mine',
  )
  const stopped = withLock(file, { purpose, wait: { signal: AbortSignal.timeout(50), say } }, async () => {
    throw new Error('the lock is held by another')
  })
  await expect(stopped).rejects.toThrow(/abort/i)
  child.kill('SIGKILL')
  expect(await waiting).toBe('mine')
  expect(messages.map((message) => message.replace(/since \S+\)/, 'since then)'))).toEqual(
    Array(2).fill(
      `${file.replace(/\.lock$/, '')} is in use by another process (process ${child.pid}, since then). Waiting for it.`,
    ),
  )
})

test('it is given back however the work ends, and without a wait a lock that is held is an error', async () => {
  const refused = withLock(file, { purpose }, async () => {
    await withLock(file, { purpose: 'the next' }, async () => undefined)
  })
  await expect(refused).rejects.toThrow(`in use by ${purpose} (process ${process.pid}`)
  await (await acquireLock(file, { purpose })).release()
})

async function lockInAnotherProcess(): Promise<ChildProcess> {
  const code = `import { acquireLock } from ${JSON.stringify(join(packageRoot, 'build/tools/files/lock.js'))}
    await acquireLock(${JSON.stringify(file)}, { purpose: 'another process' })
    console.log('locked')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code])
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  expect(text.toString()).toContain('locked')
  return child
}
