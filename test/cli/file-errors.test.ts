/** Errors of the file system as the system makes them, met by the built program. */
import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeNoise } from '../stages/face-pictures.ts'
import { MAIN, run, temporaryFolder, type Ended } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function writePairs(output: string): Promise<void> {
  await mkdir(join(folder, 'pairs'))
  const lines = ['image,conditioning_image,text']
  for (let row = 0; row < 4; row++) {
    for (const file of [`${row}.png`, `${row}-grey.png`])
      await makeNoise(256, row)
        .png()
        .toFile(join(folder, 'pairs', file))
    lines.push(`${row}.png,${row}-grey.png,noise`)
  }
  await writeFile(join(folder, 'pairs/pairs.csv'), `${lines.join('\n')}\n`)
  const dataset = { source: { pairs: './pairs/pairs.csv' }, crop: 'center', resolution: 256, output }
  const config = { version: 1, name: 'pairs', condition: { kind: 'images' }, dataset }
  await writeFile(join(folder, 'controlnet.yaml'), JSON.stringify(config))
}

/** A file may have 100 KiB, as `ulimit -f` has it: what is longer is EFBIG. */
function runLimited(args: readonly string[]): Promise<Ended> {
  const script = 'ulimit -f 100; exec "$0" "$@"'
  const env = { ...process.env, NO_COLOR: '1' }
  return new Promise((resolve) => {
    const command = ['-c', script, process.execPath, MAIN, ...args]
    const child = execFile('bash', command, { cwd: folder, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

it('a file that the system does not let grow ends prepare with exit code 4', async () => {
  await writePairs('./dataset')
  const { code, stderr } = await runLimited(['prepare'])
  expect(stderr).toContain(
    'larger than the file system, or a limit of your shell, allows (EFBIG).\n→ Raise the limit',
  )
  expect([code, stderr.includes('bug')]).toEqual([4, false])
  const again = await run(['prepare'], folder)
  expect([again.code, again.stderr]).toEqual([0, expect.anything()])
})

it('a name that is too long is found before anything starts', async () => {
  await writePairs(`./${'a'.repeat(300)}`)
  const { code, stdout } = await run(['plan'], folder)
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    "can't be written: the name is longer than the file system allows (ENAMETOOLONG)",
  )
  expect(code).toBe(3)
})
