/** Captions by BLIP: the real program and transformers, with a tiny model of random weights. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Annotation } from '../../src/dataset/annotations/annotation.ts'
import type { EventBody } from '../../src/events.ts'
import { fetchCaptioner } from '../../src/stages/annotate-images/fetch-captioner.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { BLIP_FOLDER, planCaptioner } from '../../src/trainer/captions/captioner.ts'
import type { PlanContext, StageContext } from '../../src/types.ts'
import { run as runCli } from '../cli/cli.ts'
import { writeFrames, makeNoise } from '../stages/face-pictures.ts'
import { startFakeHub } from './fake-hub.ts'
import { venvPython } from './venv.ts'

vi.setConfig({ testTimeout: 240_000 })

const python = venvPython()
const launch = join(packageRoot, 'python/launch.py')
let root: string
let model: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cnk-blip-'))
  model = join(root, 'model')
  execFileSync(python, [join(import.meta.dirname, 'python/make_tiny_blip.py'), model], { stdio: 'pipe' })
}, 120_000)
afterAll(() => rm(root, { recursive: true, force: true }))

interface Answer {
  readonly path: string
  readonly text?: string
  readonly error?: string
}

/** What the program says of these paths. */
async function ask(paths: readonly string[], ...args: string[]): Promise<Answer[]> {
  const program = join(packageRoot, 'python/caption_blip.py')
  const child = promisify(execFile)(python, [launch, program, '--model', model, '--device', 'cpu', ...args])
  child.child.stdin!.end(paths.map((path) => `${path}\n`).join(''))
  const { stdout } = await child
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
}

test('a caption is a function of the picture, whatever is in its batch, broken pictures too', async () => {
  const folder = join(root, 'some')
  await mkdir(folder)
  const path = (name: string) => join(folder, name)
  const noise = Array.from({ length: 6 }, (_, index) => makeNoise(80, index))
  await Promise.all(noise.map((picture, index) => picture.png().toFile(path(`${index}.png`))))
  await writeFile(path('text.png'), 'no picture')
  // Turned by its orientation, with a transparent part, with a broken tail, in grey: as the kit itself reads them.
  await noise[0]!.clone().rotate(90).withMetadata({ orientation: 8 }).png().toFile(path('turned.png'))
  const jpeg = await noise[1]!.clone().resize(400).jpeg().toBuffer()
  await writeFile(path('broken-tail.jpg'), jpeg.subarray(0, jpeg.length - 400))
  await noise[2]!.clone().greyscale().toColourspace('b-w').png().toFile(path('grey 顔.png'))
  await noise[3]!.clone().ensureAlpha(0).png().toFile(path('clear.png'))
  await makeNoise(80, 3).flatten().linear(0, 255).png().toFile(path('white.png'))

  const names = ['0.png', '1.png', 'text.png', '2.png', '3.png', '4.png', '5.png', 'gone.png']
  const more = ['turned.png', 'broken-tail.jpg', 'grey 顔.png', 'clear.png', 'white.png']
  const answers = await ask([...names, ...more].map(path), '--batch', '4')
  expect(answers.map((answer) => answer.path)).toEqual([...names, ...more].map(path))
  const texts = Object.fromEntries(answers.map(({ path: of, text }) => [of.slice(folder.length + 1), text]))
  expect(answers.filter(({ error }) => error !== undefined).map(({ error }) => error)).toEqual([
    expect.stringContaining('UnidentifiedImageError'),
    expect.stringContaining('FileNotFoundError'),
  ])
  expect(new Set(names.map((name) => texts[name])).size).toBeGreaterThanOrEqual(6)
  expect(texts['turned.png']).toBe(texts['0.png'])
  expect(texts['clear.png']).toBe(texts['white.png'])
  expect(texts['broken-tail.jpg']).toMatch(/\w/)
  expect(Object.values(texts).every((text) => text === undefined || /^[a-z][a-z ]*[a-z]$/.test(text))).toBe(
    true,
  )

  const company = ['5.png', '3.png', '0.png', '4.png', '2.png']
  const again = await ask(company.map(path), '--batch', '4')
  expect(again.map(({ text }) => text)).toEqual(company.map((name) => texts[name]))
})

/** Runs the stages in a process of their own; kills it when the journal of captions has that many lines. */
function prepare(folder: string, { killAtLines = Infinity, program = python } = {}): Promise<string> {
  const script = join(import.meta.dirname, '../stages/caption-child.mjs')
  const env = { ...process.env, CNK_BLIP_MODEL: model, CNK_TEST_PYTHON: program }
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'], env })
  const timer = setInterval(() => {
    void readJournal(folder).then((lines) => {
      if (lines.length >= killAtLines) child.kill('SIGKILL')
    })
  }, 5)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(timer)
      resolve(signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : `failed with ${code}`)
    })
  })
}

async function readJournal(folder: string): Promise<[string, string][]> {
  const text = await readFile(join(folder, 'dataset/.cnk/captions.ndjson'), 'utf8').catch(() => '')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as [string, string])
}

test('killed while it captions, then run again: no picture twice, and the captions of an undisturbed run', async () => {
  const COUNT = 40
  await writeFrames(join(root, 'frames'), { count: COUNT, side: 96 })
  const open = async (name: string): Promise<string> => {
    await mkdir(join(root, name))
    await symlink(join(root, 'frames'), join(root, name, 'frames'))
    return join(root, name)
  }
  const undisturbed = await open('undisturbed')
  expect(await prepare(undisturbed)).toBe('done')
  const disturbed = await open('disturbed')
  expect(await prepare(disturbed, { killAtLines: 5 })).toBe('killed')
  const kept = await readJournal(disturbed)
  expect(kept.length).toBeGreaterThanOrEqual(5)
  expect(kept.length).toBeLessThan(COUNT)
  expect(await prepare(disturbed)).toBe('done')

  const journal = await readJournal(disturbed)
  expect(journal.slice(0, kept.length)).toEqual(kept)
  expect(new Set(journal.map(([key]) => key)).size).toBe(COUNT)
  expect(journal).toHaveLength(COUNT)
  const annotations = (folder: string) => readFile(join(folder, 'dataset/annotations.ndjson'), 'utf8')
  expect(await annotations(disturbed)).toBe(await annotations(undisturbed))
  expect((await annotations(disturbed)).trimEnd().split('\n')).toHaveLength(COUNT)

  // Nothing new: the program is not even started.
  await rm(join(undisturbed, 'dataset/annotations.ndjson'))
  expect(await prepare(undisturbed, { program: '/nowhere/python' })).toBe('done')
  expect(await annotations(undisturbed)).toBe(await annotations(disturbed))
})

test('the model is fetched once, whole or not at all', async () => {
  const files = { 'config.json': '{}', 'model.safetensors': Buffer.alloc(200_000, 'w') }
  const hub = await startFakeHub({ ...files, 'pytorch_model.bin': 'never', 'README.md': 'never' })
  const cache = join(root, 'cache')
  vi.stubEnv('HF_ENDPOINT', hub.url)
  vi.stubEnv('HF_HOME', join(root, 'hf'))
  try {
    const events: EventBody[] = []
    const args = [
      '--repo',
      'owner/name',
      '--revision',
      'main',
      '--output',
      join(cache, `${BLIP_FOLDER}.partial`),
    ]
    const named = Object.keys(files).flatMap((name) => ['--file', name])
    const command = {
      file: python,
      args: [launch, join(packageRoot, 'python/fetch_model.py'), ...args, ...named],
      env: {},
      cwd: packageRoot,
    }
    const context = {
      facts: { cache },
      report: (event: EventBody) => events.push(event),
      signal: new AbortController().signal,
    } as unknown as StageContext
    const missing = { ...command, args: [...command.args, '--file', 'tokenizer.json'] }
    await expect(fetchCaptioner(missing, context)).rejects.toMatchObject({ code: 'model-incomplete' })
    expect(await readdir(join(cache, 'captioners'))).not.toContain(BLIP_FOLDER.split('/')[1])

    await fetchCaptioner(command, context)
    expect((await readdir(join(cache, BLIP_FOLDER))).sort()).toEqual([...Object.keys(files), 'source.json'])
    expect(JSON.parse(await readFile(join(cache, BLIP_FOLDER, 'source.json'), 'utf8'))).toMatchObject({
      commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    })
    expect(events.at(-1)).toMatchObject({ type: 'progress', stage: 'annotate-images', unit: 'bytes' })
    const asked = hub.requests.length
    await fetchCaptioner(command, context)
    expect(hub.requests).toHaveLength(asked)

    hub.close()
    await rm(join(cache, BLIP_FOLDER), { recursive: true })
    vi.stubEnv('HF_HOME', join(root, 'empty'))
    await expect(fetchCaptioner(command, context)).rejects.toMatchObject({
      code: 'network-missing',
      hint: expect.stringContaining('CNK_BLIP_MODEL') as string,
    })
  } finally {
    vi.unstubAllEnvs()
    hub.close()
  }
})

test('the built program: the environment first, then captions by the model, then a dataset with them', async () => {
  const folder = join(root, 'cli')
  await mkdir(folder)
  await writeFile(
    join(folder, 'controlnet.yaml'),
    `version: 1
name: blip
dataset:
  source: { generated: 6 }
  crop: center
  resolution: 64
  validation: { count: 1 }
  captions: { model: blip }
base_model: { generated: tiny }
environment: { torch: cpu }
train: { engine: builtin, preset: cpu, max_train_steps: 10 }
`,
  )
  const env = { CNK_BLIP_MODEL: model }
  const { code, stdout, stderr } = await runCli(['prepare', '--json'], folder, env)
  expect([code, stderr]).toEqual([0, expect.anything()])
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EventBody)
  const order = events.flatMap((event) =>
    event.type === 'stage-started' || event.type === 'stage-skipped' ? [event.stage] : [],
  )
  expect(order).toEqual(['collect-images', 'create-environment', 'annotate-images', 'write-dataset'])
  const annotations = (await readFile(join(folder, 'dataset/annotations.ndjson'), 'utf8'))
    .trimEnd()
    .split('\n')
  const kept = annotations.map((line) => JSON.parse(line) as Annotation).filter(({ rejected }) => !rejected)
  expect(kept.length).toBeGreaterThanOrEqual(3)
  const captioned = events.filter((event) => event.type === 'progress' && event.unit === 'captions').at(-1)
  expect(captioned).toMatchObject({ stage: 'annotate-images', done: (captioned as { total: number }).total })
  for (const { caption } of kept) expect(caption).toMatch(/^[a-z ]{3,}$/)
  const again = await runCli(['prepare', '--json'], folder, env)
  expect(again.stdout).not.toContain('stage-started')

  // A copy of the model elsewhere is another model.
  const copy = join(root, 'copy')
  await mkdir(copy)
  for (const name of await readdir(model)) await copyFile(join(model, name), join(copy, name))
  const { stdout: plan } = await runCli(['plan', '--json'], folder, { CNK_BLIP_MODEL: copy })
  const { stages } = JSON.parse(plan) as { stages: { name: string; action: string }[] }
  expect(Object.fromEntries(stages.map(({ name, action }) => [name, action]))).toMatchObject({
    'collect-images': 'reuse',
    'annotate-images': 'rebuild',
  })
})

test('the pinned model is asked for by its commit and its files', () => {
  const paths = { packageRoot: '/kit', python: '/venv/bin/python' }
  const captioner = { kind: 'blip', folder: null, isThere: false, digest: 'd' }
  const config = {
    dataset: { captions: { model: 'blip' } },
    environment: { kind: 'venv', torch: 'cpu' },
    train: { preset: 'cpu' },
  }
  const plan = planCaptioner({
    config,
    paths,
    facts: { captioner, workingDirectory: '/w' },
  } as unknown as PlanContext)
  const [fetch, caption] = plan!.commands.map(({ args }) => args.join(' '))
  expect(fetch).toContain(
    '--repo Salesforce/blip-image-captioning-large --revision 353689b859fcf0523410b1806dace5fb46ecdf41',
  )
  expect(fetch).toContain('--file model.safetensors')
  expect(caption).toBe(
    '/kit/python/launch.py /kit/python/caption_blip.py --model {cache}/captioners/blip-353689b8 --device cpu',
  )
})
