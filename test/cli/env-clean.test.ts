/** `env clean`: what a damaged environment is mended with. */
import { spawn } from 'node:child_process'
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { run, sh, temporaryFolder } from './cli.ts'

const CONFIG = 'version: 1\nname: faces\ndataset: { source: { generated: 4 } }\nenvironment: { torch: cpu }\n'

let folder: string
let env: Record<string, string>
/** Where the venv of the config belongs. */
let venv: string
beforeEach(async () => {
  folder = await temporaryFolder()
  env = { CNK_HOME: join(folder, 'cache') }
  await writeFile(join(folder, 'mine.yaml'), CONFIG)
  const shown = await run(['env', 'show', 'mine.yaml', '--json'], folder, env)
  venv = (JSON.parse(shown.stdout) as { folder: string }).folder
})
afterEach(() => rm(folder, { recursive: true }))

async function makeVenv(): Promise<void> {
  await mkdir(join(venv, 'bin'), { recursive: true })
  await copyFile('/bin/sleep', join(venv, 'bin/python'))
  await writeFile(join(venv, 'pyvenv.cfg'), 'x'.repeat(1000))
}

it('lists first, names the command that removes, and removes with it', async () => {
  await makeVenv()
  const bytes = (await stat('/bin/sleep')).size + 1000
  const listed = await run(['env', 'clean', 'mine.yaml'], folder, env)
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  const [line, next = ''] = listed.stdout.trim().split('\n')
  expect(line).toBe(`${venv}  ${Math.round(bytes / 1000)} kB`)
  expect(next).toBe('Remove it with:  controlnet-kit env clean mine.yaml --yes')
  expect(await readdir(venv)).toContain('pyvenv.cfg')

  const removed = await sh(`${next.replace('Remove it with:  ', '')} --json`, folder, env)
  expect(JSON.parse(removed.stdout)).toEqual({
    v: 1,
    items: [{ path: venv, bytes, why: 'the next train makes it anew', removed: true }],
  })
  expect(await readdir(join(venv, '..'))).toEqual([])
  const again = await run(['env', 'clean', 'mine.yaml', '--yes'], folder, env)
  expect([again.code, again.stdout]).toEqual([0, `There is nothing to remove: ${venv} is not there.\n`])
})

it.runIf(process.platform === 'linux')('leaves an environment that a program runs from', async () => {
  await makeVenv()
  const child = spawn(join(venv, 'bin/python'), ['60'])
  onTestFinished(() => void child.kill())
  const { code, stderr } = await run(['env', 'clean', 'mine.yaml', '--yes'], folder, env)
  expect([code, stderr]).toEqual([
    10,
    `✖ ${venv} is in use by process ${child.pid}.\n→ Wait until the training that runs from it has ended, or stop it.\n`,
  ])
  expect(await readdir(venv)).toContain('pyvenv.cfg')
})
