/** What happens before the program itself is loaded. */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { MAIN, start, temporaryFolder } from './cli.ts'

const PROBE = `process.on('exit', () => process.stderr.write(process.env.UV_THREADPOOL_SIZE))`

it.each([
  ['one for each core, and at least four', undefined, String(Math.max(4, availableParallelism()))],
  ['as many as a person wants', '3', '3'],
])('threads that pictures are decoded on: %s', async (_, wanted, expected) => {
  const folder = await temporaryFolder()
  onTestFinished(() => rm(folder, { recursive: true }))
  const probe = join(folder, 'probe.cjs')
  await writeFile(probe, PROBE)
  const env = { ...process.env }
  delete env['UV_THREADPOOL_SIZE']
  if (wanted !== undefined) env['UV_THREADPOOL_SIZE'] = wanted
  const args = ['--require', probe, MAIN, '--version']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(stderr).toBe(expected)
})

it('a reader who goes away ends nothing', async () => {
  const { child, ended } = start(['schema'], '/')
  child.stdout!.destroy()
  const { code, stderr } = await ended
  expect([code, stderr]).toEqual([0, ''])
})

it.runIf(process.platform === 'linux')('output that a full disk does not take is told, once', async () => {
  const full = promisify(execFile)('sh', ['-c', `"$0" "$1" schema > /dev/full`, process.execPath, MAIN])
  await expect(full).rejects.toMatchObject({
    code: 3,
    stderr: "✖ The output can't be written: ENOSPC: no space left on device, write\n",
  })
})
