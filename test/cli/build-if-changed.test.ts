/** Threads and commands are tested as they are built, so no test may run on an old build. */
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'
import config from '../../vitest.config.ts'
import { temporaryFolder } from './cli.ts'

let checkout: string

beforeAll(async () => {
  checkout = await temporaryFolder()
  for (const name of ['src', 'scripts', 'package.json', 'package-lock.json'])
    await cp(join(packageRoot, name), join(checkout, name), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(checkout, 'node_modules'))
})
afterAll(() => rm(checkout, { recursive: true }))

/** As vitest does. Returns whether it built. */
async function buildIfChanged(): Promise<boolean> {
  const script = join(checkout, 'scripts/build-if-changed.mjs')
  const code = `(await import(${JSON.stringify(script)})).default()`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code])
  return stderr === 'Building …\n'
}

test('vitest builds before it tests', () => {
  expect(config).toMatchObject({ test: { globalSetup: ['scripts/build-if-changed.mjs'] } })
})

test('a build is made, kept while nothing changes, and made anew with each change or loss', async () => {
  expect(await buildIfChanged()).toBe(true)
  const worker = join(checkout, 'dist/programs/hash-worker.js')
  const { mtimeMs } = await stat(worker)
  expect(await buildIfChanged()).toBe(false)
  expect((await stat(worker)).mtimeMs).toBe(mtimeMs)

  await appendFile(join(checkout, 'src/stages/annotate-images/hash-worker.ts'), `\nconsole.log('changed')\n`)
  await mkdir(join(checkout, 'dist/old'))
  expect(await buildIfChanged()).toBe(true)
  expect(await readFile(worker, 'utf8')).toContain(`console.log("changed")`)
  await expect(stat(join(checkout, 'dist/old'))).rejects.toThrow('ENOENT')
  expect(await readFile(join(checkout, 'build/stages/annotate-images/hash-worker.js'), 'utf8')).toContain(
    `console.log("changed")`,
  )

  await rm(join(checkout, 'dist'), { recursive: true })
  expect(await buildIfChanged()).toBe(true)
})
