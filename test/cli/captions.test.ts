/** What a person sees of captions by a program or a model before anything starts, and when it fails. */
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeNoise } from '../stages/face-pictures.ts'
import { writeTokenizer } from '../stages/small-tokenizer.ts'
import { identify } from '../../src/tools/processes/process-tree.ts'
import { run, start, temporaryFolder } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => rm(folder, { recursive: true }))

async function writeConfig(captions: string, source = '{ generated: 4 }'): Promise<void> {
  const text = `version: 1
name: faces
dataset:
  source: ${source}
  crop: center
  resolution: 64
  validation: { count: 1 }
  captions: ${captions}
base_model: { generated: tiny }
environment: { torch: cpu }
train: { engine: builtin }
`
  await writeFile(join(folder, 'controlnet.yaml'), text)
}

it('a program that is not there: exit 3 from plan, prepare and train alike, its place, and nothing is made', async () => {
  await writeConfig('{ command: [./caption.py, --fast] }')
  for (const command of ['plan', 'prepare', 'train']) {
    const { code, stdout, stderr } = await run([command], folder)
    expect(code).toBe(3)
    expect(stdout + stderr).toContain('./caption.py is no file that may be run')
    expect(stdout + stderr).toContain('chmod +x')
  }
  const { stderr } = await run(['prepare'], folder)
  expect(stderr).toContain('controlnet.yaml:8:24  dataset.captions.command')
  expect(await readdir(folder)).toEqual(['controlnet.yaml'])
})

it('a program that fails: exit 4, its last words, and the next prepare goes on', async () => {
  await writeConfig('{ command: ./caption.sh }')
  const answer = `printf '{"path":"%s","text":"a face"}\\n' "$path"`
  const write = (text: string) => writeFile(join(folder, 'caption.sh'), `#!/bin/sh\n${text}\n`)
  await write(`read -r path; ${answer}; echo "no credit left" >&2; exit 9`)
  await chmod(join(folder, 'caption.sh'), 0o755)
  const failed = await run(['prepare'], folder)
  expect([failed.code, failed.stderr]).toEqual([4, expect.stringContaining('no credit left')])
  expect(failed.stderr).toContain('caption.sh, which writes the captions, ended with exit code 9')
  await write(`[ "$MY_KEY" = open ] || exit 1\nwhile read -r path; do ${answer}; done`)
  expect((await run(['prepare'], folder)).code).toBe(4)
  expect((await run(['prepare'], folder, { MY_KEY: 'open' })).code).toBe(0)
})

it(
  'killed while the program works: it ends, too, although it reads no stdin',
  { timeout: 30_000 },
  async () => {
    await writeConfig('{ command: ./deaf.sh }')
    const script = '#!/bin/sh\ntrap "" TERM HUP\necho $$ > pid\nwhile true; do sleep 1; done\n'
    await writeFile(join(folder, 'deaf.sh'), script, { mode: 0o755 })
    const { child, ended } = start(['prepare'], folder)
    const readPid = async (): Promise<number> =>
      Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''))
    while ((await readPid()) === 0) await sleep(50)
    const pid = await readPid()
    child.kill('SIGKILL')
    await ended
    for (let waited = 0; identify(pid) !== null && waited < 10_000; waited += 50) await sleep(50)
    const livesOn = identify(pid) !== null
    if (livesOn) process.kill(pid, 'SIGKILL')
    expect(livesOn).toBe(false)
  },
)

it('the plan shows the environment first, the program, and whom it contacts', async () => {
  await writeConfig('{ model: blip }')
  const { code, stdout } = await run(['plan'], folder, { CNK_HOME: join(folder, 'home') })
  expect(code).toBe(0)
  expect(stdout.indexOf('create environment')).toBeGreaterThan(0)
  expect(stdout.indexOf('create environment')).toBeLessThan(stdout.indexOf('+ annotate'))
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'captions by BLIP (Salesforce/blip-image-captioning-large, 1.9 GB to fetch, BSD-3-Clause)',
  )
  expect(stdout).toContain('caption_blip.py')
  expect(stdout).toContain('huggingface.co')
})

it('captions and pictures may come from a folder that has more than faces', async () => {
  await writeFile(join(folder, 'a.png'), await makeNoise(64, 1).png().toBuffer())
  await writeConfig('{ command: [node, caption.mjs] }', '{ folder: . }')
  await writeFile(join(folder, 'caption.mjs'), 'process.exit(3)')
  const { code, stderr } = await run(['prepare', '--set', 'dataset.validation.count=0'], folder)
  // No face, so nothing to caption: the program is not started.
  expect([code, stderr]).toEqual([4, expect.stringContaining('1 no face')])
})

it('captions left out by their length: estimated, and decided anew when the tokenizer is there', async () => {
  const config = `version: 1
name: faces
dataset:
  source: { generated: 4 }
  crop: center
  resolution: 64
  validation: { count: 1 }
  captions: { template: ${'a'.repeat(100)} }
  filters: { long_captions: reject }
base_model: { folder: ./sd }
`
  await writeFile(join(folder, 'controlnet.yaml'), config)
  const estimated = await run(['prepare'], folder)
  expect([estimated.code, estimated.stdout + estimated.stderr]).toEqual([
    0,
    expect.stringContaining("the base model's tokenizer is not here"),
  ])
  await writeTokenizer(join(folder, 'sd/tokenizer'))
  const counted = await run(['prepare'], folder)
  expect([counted.code, counted.stderr]).toEqual([4, expect.stringContaining('4 captions too long')])
  await writeFile(
    join(folder, 'controlnet.yaml'),
    config.replace('long_captions: reject', 'long_captions: keep'),
  )
  expect((await run(['prepare'], folder)).code).toBe(0)
  await rm(join(folder, 'sd'), { recursive: true })
  const { stdout } = await run(['plan', '--json'], folder)
  const { stages } = JSON.parse(stdout) as { stages: { name: string; action: string }[] }
  expect(stages.find(({ name }) => name === 'annotate-images')!.action).toBe('reuse')
})
