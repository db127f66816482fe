/** The base model: made by the real program, and fetched by the official client from a local stand-in of the Hub. */
import { access, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import type { EventBody } from '../../src/events.ts'
import { fetchBaseModel } from '../../src/stages/fetch-base-model/fetch-base-model.ts'
import { packageRoot } from '../../src/tools/package-root.ts'
import { planBaseModel } from '../../src/base-models/index.ts'
import type { Command, StageContext } from '../../src/types.ts'
import { COMMIT, startFakeHub, type FakeHub } from './fake-hub.ts'
import { venvPython } from './venv.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
let hub: FakeHub
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnk-base-'))
  hub = await startFakeHub(repository)
  vi.stubEnv('HF_ENDPOINT', hub.url)
  vi.stubEnv('HF_HOME', join(folder, 'hf'))
  vi.stubEnv('HF_TOKEN', '')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  hub.close()
  await rm(folder, { recursive: true, force: true })
})

const index = {
  _class_name: 'StableDiffusionPipeline',
  feature_extractor: ['transformers', 'CLIPImageProcessor'],
  safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'],
  image_encoder: [null, null],
  scheduler: ['diffusers', 'PNDMScheduler'],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['diffusers', 'AutoencoderKL'],
}
/** A safetensors file with one tensor. */
function safetensors(sizeBytes: number): Buffer {
  const tensors = { weight: { dtype: 'U8', shape: [sizeBytes], data_offsets: [0, sizeBytes] } }
  const header = Buffer.from(JSON.stringify(tensors))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(sizeBytes, 'weights')])
}
const weights = safetensors(300_000)
const small = safetensors(10)

const needed: Record<string, string | Buffer> = {
  'feature_extractor/preprocessor_config.json': '{}',
  'model_index.json': JSON.stringify(index),
  'scheduler/scheduler_config.json': '{}',
  'text_encoder/config.json': JSON.stringify({ architectures: ['CLIPTextModel'], hidden_size: 768 }),
  'text_encoder/model.safetensors': small,
  'tokenizer/merges.txt': 'a b',
  'tokenizer/vocab.json': '{}',
  'unet/config.json': JSON.stringify({ _class_name: 'UNet2DConditionModel', cross_attention_dim: 768 }),
  'unet/diffusion_pytorch_model.safetensors': weights,
  'vae/config.json': JSON.stringify({ _class_name: 'AutoencoderKL' }),
  'vae/diffusion_pytorch_model.safetensors': small,
}
const repository: Record<string, string | Buffer> = {
  ...needed,
  'README.md': '#',
  'v1-5-pruned.ckpt': weights,
  'v1-5-pruned-emaonly.safetensors': weights,
  'image_encoder/config.json': '{}',
  'safety_checker/config.json': '{}',
  'safety_checker/model.safetensors': weights,
  'text_encoder/pytorch_model.bin': weights,
  'unet/diffusion_pytorch_model.bin': weights,
  'unet/diffusion_pytorch_model.fp16.safetensors': weights,
  'unet/diffusion_pytorch_model.non_ema.safetensors': weights,
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UserError,
  )

function context(base_model: unknown): { context: StageContext; events: EventBody[]; model: string } {
  const config = {
    base_model,
    environment: { kind: 'venv', torch: 'cpu' },
    train: { seed: 1 },
    dataset: { resolution: 64 },
  } as unknown as StageContext['config']
  const facts = {
    ...{ packageRoot, workingDirectory: folder, pythonFiles: {} },
    startControlnet: null,
  } as unknown as StageContext['facts']
  const plan = planBaseModel({ config, facts, python: venvPython() })
  const fill = (text: string) => text.replace('{cache}', join(folder, 'cache'))
  const commands = plan.commands.map((command): Command => ({ ...command, args: command.args.map(fill) }))
  const model = fill(plan.folder)
  const events: EventBody[] = []
  return {
    model,
    events,
    context: {
      config,
      facts,
      paths: { baseModel: model, python: venvPython() },
      stage: { name: 'fetch-base-model', action: 'create', summary: plan.summary, commands },
      report: (event: EventBody) => events.push(event),
      signal: new AbortController().signal,
    } as unknown as StageContext,
  }
}
const repo = (changes = {}) => context({ repo: 'owner/name', revision: 'main', ...changes })

const filesOf = async (path: string) => {
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  const files = found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(path.length + 1))
  return files.sort()
}

test('fetches what is needed and nothing else, once, and records the commit', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_test')
  const { context, model, events } = repo()
  expect(await fetchBaseModel.run(context)).toEqual({ line: 'owner/name@main, commit 01234567' })
  expect(await filesOf(model)).toEqual([...Object.keys(needed), 'source.json'].sort())
  expect((await readFile(join(model, 'unet/diffusion_pytorch_model.safetensors'))).equals(weights)).toBe(true)
  expect(JSON.parse(await readFile(join(model, 'source.json'), 'utf8'))).toMatchObject({ commit: COMMIT })
  expect(events.at(-1)).toMatchObject({ type: 'progress', unit: 'bytes' })
  expect(hub.requests.length).toBeGreaterThan(10)
  expect(
    hub.requests.filter((request) => request.includes('/owner/name') && !request.endsWith(' as hf_test')),
  ).toEqual([])

  const before = hub.requests.length
  expect(await fetchBaseModel.run(context)).toEqual({ line: 'owner/name@main' })
  expect(hub.requests).toHaveLength(before)
})

test('one that is cut off is never taken for whole, and goes on afterwards', async () => {
  const { context, model } = repo()
  hub.cutAfter = 100_000
  setTimeout(() => (hub.cutAfter = hub.cutAfter === null ? null : 50_000), 1000)
  const abort = AbortSignal.timeout(12_000)
  await failure(fetchBaseModel.run({ ...context, signal: abort }))
  await expect(access(model)).rejects.toThrow()
  hub.cutAfter = null
  await fetchBaseModel.run(context)
  expect((await stat(join(model, 'unet/diffusion_pytorch_model.safetensors'))).size).toBe(weights.length)
})

test.each([
  ['gated', { status: 403, code: 'GatedRepo' }, 'base-model-gated', /consent/],
  [
    'missing or private',
    { status: 401, code: 'RepoNotFound' },
    'base-model-missing',
    /does not show it to you/,
  ],
  ['missing', { status: 404, code: 'RepoNotFound' }, 'base-model-missing', /no model owner\/name/],
  ['a token that may not', { status: 403, code: '' }, 'base-model-forbidden', /403/],
])('%s', async (_name, refuse, code, message) => {
  hub.refuse = refuse
  const { context, model } = repo()
  expect(await failure(fetchBaseModel.run(context))).toMatchObject({
    name: 'UserError',
    code,
    message: expect.stringMatching(message),
  })
  await expect(access(model)).rejects.toThrow()
})

test('a revision that is not there', async () => {
  expect(await failure(fetchBaseModel.run(repo({ revision: 'v9' }).context))).toMatchObject({
    code: 'base-model-revision',
    message: 'owner/name has no revision v9.',
  })
})

test('a repository without safetensors is refused', async () => {
  hub.files.delete('unet/diffusion_pytorch_model.safetensors')
  expect(await failure(fetchBaseModel.run(repo().context))).toMatchObject({
    code: 'base-model-unsafe',
    message: 'owner/name has no safetensors weights for unet.',
  })
  expect(hub.requests.filter((request) => request.includes('.bin'))).toEqual([])
})

test('a repository of a later family is refused before its weights are fetched', async () => {
  const xl = { ...index, _class_name: 'StableDiffusionXLPipeline', text_encoder_2: index.text_encoder }
  hub.files.set('model_index.json', Buffer.from(JSON.stringify(xl)))
  expect(await failure(fetchBaseModel.run(repo().context))).toMatchObject({
    code: 'base-model-family',
    message: 'owner/name is a StableDiffusionXLPipeline, which is not available yet.',
  })
  expect(hub.requests.filter((request) => request.includes('.safetensors'))).toEqual([])
})

test('one in the cache that somebody damaged is fetched anew; one that does not fit is not trained with', async () => {
  const { context, model } = repo()
  await fetchBaseModel.run(context)
  const file = join(model, 'unet/diffusion_pytorch_model.safetensors')
  await writeFile(file, weights.subarray(0, 1000))
  await fetchBaseModel.run(context)
  expect((await readFile(file)).equals(weights)).toBe(true)

  const inpainting = { _class_name: 'UNet2DConditionModel', cross_attention_dim: 768, in_channels: 9 }
  hub.files.set('unet/config.json', Buffer.from(JSON.stringify(inpainting)))
  await rm(model, { recursive: true })
  expect(await failure(fetchBaseModel.run(context))).toMatchObject({
    code: 'base-model-layout',
    problems: [{ message: 'has in_channels 9: an inpainting model; expected in_channels 4' }],
  })
})

test('a repository of another kind', async () => {
  hub.files.delete('model_index.json')
  expect(await failure(fetchBaseModel.run(repo().context))).toMatchObject({ code: 'base-model-layout' })
})

test('without network: an error; from what the Hub client has in its own cache, the model', async () => {
  vi.stubEnv('HF_HUB_OFFLINE', '1')
  const { context, model } = repo()
  expect(await failure(fetchBaseModel.run(context))).toMatchObject({ code: 'network-missing' })
  vi.stubEnv('HF_HUB_OFFLINE', '')
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9')
  expect(await failure(fetchBaseModel.run(context))).toMatchObject({ code: 'network-missing' })

  await fillHubCache()
  expect(await fetchBaseModel.run(context)).toEqual({ line: 'owner/name@main, commit 01234567' })
  expect(await filesOf(model)).toEqual([...Object.keys(needed), 'source.json'].sort())
  expect(hub.requests).toEqual([])
})

/** As the client lays it out: snapshots by commit, and a file that says which commit `main` is. */
async function fillHubCache(): Promise<void> {
  const cached = join(folder, 'hf/hub/models--owner--name')
  await mkdir(join(cached, 'refs'), { recursive: true })
  await writeFile(join(cached, 'refs/main'), COMMIT)
  for (const [name, content] of Object.entries(repository)) {
    const file = join(cached, 'snapshots', COMMIT, name)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, content)
  }
}

test('a tiny one is made, whole or not at all; as a folder of its own it is looked at, not touched', async () => {
  const { context: made, model } = context({ generated: 'tiny' })
  expect(await fetchBaseModel.run(made)).toEqual({ line: 'a tiny pipeline with random weights' })
  const before = (await stat(model)).ino
  await fetchBaseModel.run(made)
  expect((await stat(model)).ino).toBe(before)

  const own = join(folder, 'own')
  await cp(model, own, { recursive: true })
  const files = await filesOf(own)
  expect(await fetchBaseModel.run(context({ folder: './own' }).context)).toEqual({ line: './own' })
  expect(await filesOf(own)).toEqual(files)

  await unlink(join(own, 'unet/diffusion_pytorch_model.safetensors'))
  expect(await failure(fetchBaseModel.run(context({ folder: own }).context))).toMatchObject({
    code: 'base-model-layout',
    problems: [
      { where: join(own, 'unet/'), message: 'has no weights; expected whole weights as safetensors' },
    ],
  })
  expect(await failure(fetchBaseModel.run(context({ folder: './nowhere' }).context))).toMatchObject({
    problems: [{ message: "is not there; expected a folder in diffusers' layout" }],
  })
})
