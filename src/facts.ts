/** Observes all that planning needs: the machine, the source, what earlier runs left. Reads only. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { arch, availableParallelism, platform, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { conditionOf } from './conditions/index.ts'
import { assumeCard, GPU_CARDS, type GpuCard } from './environment/gpu-cards.ts'
import { UserError } from './errors.ts'
import { findNearest } from './formats/text/nearest-name.ts'
import { planContext } from './plan/build-plan.ts'
import { fillPlaceholders } from './plan/placeholders.ts'
import { cacheFolder } from './tools/files/cache-folder.ts'
import { findForeignFiles } from './tools/files/foreign-files.ts'
import { findRealPath, findUnwritable, observeDisk } from './tools/files/writable-folders.ts'
import { observeModel } from './tools/files/observe-model.ts'
import { observeTokenizer } from './tools/captions/token-counter.ts'
import { markUsedGpus } from './tools/gpus/gpu-locks.ts'
import { observeGpus } from './tools/gpus/observe-gpus.ts'
import { observeCaptioner } from './tools/captions/observe-captioner.ts'
import { observeSource } from './sources/observe-source.ts'
import { packageRoot } from './tools/package-root.ts'
import { observeNetwork } from './tools/network/observe-network.ts'
import { observePython } from './tools/python/python.ts'
import { observeDamagedRuns, observeRuns } from './tools/runs/run-folder.ts'
import { annotatorOf } from './annotators/index.ts'
import { readStamp } from './tools/files/stamps.ts'
import type { Config, Facts, FileFact, ManifestFact, StageSpec, StampFact } from './types.ts'

export interface GatherOptions {
  readonly workingDirectory: string
  readonly specs: readonly StageSpec[]
  /** Ask nothing of the network. */
  readonly offline?: boolean
  /** Name of a card to plan for, as if it were here, under Linux; without it, those of this machine. */
  readonly gpu?: string
}

export async function gatherFacts(
  config: Config,
  { workingDirectory, specs, offline = false, gpu }: GatherOptions,
): Promise<Facts> {
  const assumed = gpu === undefined ? null : assumeCard(findCard(gpu))
  const dataset = resolve(workingDirectory, config.dataset.output)
  const runs = resolve(workingDirectory, config.runs)
  const cache = cacheFolder()
  const [
    kitVersion,
    python,
    { gpus, cuda },
    network,
    annotator,
    source,
    captioner,
    files,
    pythonFiles,
    manifest,
  ] = await Promise.all([
    readKitVersion(),
    observePython(),
    assumed ?? observeGpus().then((found) => markAll(found, cache)),
    observeNetwork(config, { offline }),
    annotatorOf(config.condition.annotator).needs?.observe() ?? null,
    observeSource(config.dataset.source, {
      workingDirectory,
      exclude: [dataset, runs],
      cache,
      offline,
      dataset: config.dataset,
      conditioning: conditionOf(config.condition.kind).from === 'source',
      readsLandmarks: annotatorOf(config.condition.annotator).from === 'landmark-files',
      ...(config.condition.landmarks === undefined ? {} : { landmarks: config.condition.landmarks }),
    }),
    observeCaptioner(config.dataset.captions, { workingDirectory, cache }),
    observeFiles(config, workingDirectory),
    hashPythonFiles(),
    readManifest(join(dataset, 'manifest.json')),
  ])
  const here = { os: osName(), arch: arch(), cores: availableParallelism(), memoryBytes: totalmem() }
  const machine = assumed === null ? here : { ...here, os: 'linux' as const, arch: 'x64' }
  const folders = { dataset, runs, cache }
  const bare: Facts = {
    ...{
      kitVersion,
      packageRoot,
      workingDirectory,
      cache,
      machine,
      python,
      gpus,
      network,
      cuda,
      annotator,
      source,
      captioner,
      tokenizer: null,
      baseModel: null,
      startControlnet: null,
      manifest,
      files,
      pythonFiles,
    },
    disks: {
      dataset: await observeDisk(dataset),
      runs: await observeDisk(runs),
      cache: await observeDisk(cache),
    },
    realPaths: { dataset: await findRealPath(dataset), cache: await findRealPath(cache) },
    datasetCopies: await readdir(join(cache, 'datasets')).catch(() => []),
    unwritable: await findUnwritable(Object.values(folders)),
    foreign: await findForeignFiles(dataset),
    stamps: {},
    damagedRuns: await observeDamagedRuns(runs),
    runs: [],
  }
  return addStamps(await addModels(await addTokenizer(bare, config), config), config, { specs, runs })
}

/** Cards and their parts alike. */
async function markAll(
  { gpus, cuda }: Awaited<ReturnType<typeof observeGpus>>,
  cache: string,
): ReturnType<typeof observeGpus> {
  return {
    gpus: await markUsedGpus(cache, gpus),
    cuda: { ...cuda, parts: await markUsedGpus(cache, cuda.parts) },
  }
}

/** Read only where it decides something: it is a megabyte and more. */
async function addTokenizer(facts: Facts, config: Config): Promise<Facts> {
  if (config.dataset.filters.long_captions === 'keep') return facts
  const { baseModel } = planContext(config, facts).paths
  return { ...facts, tokenizer: await observeTokenizer(fillPlaceholders(baseModel, { cache: facts.cache })) }
}

async function addModels(facts: Facts, config: Config): Promise<Facts> {
  const { baseModel } = planContext(config, facts).paths
  const start = config.train.controlnet_model_name_or_path
  return {
    ...facts,
    baseModel: await observeModel(fillPlaceholders(baseModel, { cache: facts.cache })),
    startControlnet: start === undefined ? null : await observeModel(resolve(facts.workingDirectory, start)),
  }
}

async function addStamps(
  facts: Facts,
  config: Config,
  { specs, runs }: { specs: readonly StageSpec[]; runs: string },
): Promise<Facts> {
  const context = planContext(config, facts)
  const paths = specs.filter((spec) => spec.needed(context)).map((spec) => spec.stamp(context))
  const stamps: Record<string, StampFact> = {}
  for (const path of paths.filter((one) => !one.startsWith('{run}'))) {
    const found = await readStamp(fillPlaceholders(path, { cache: facts.cache }))
    if (found !== null) stamps[path] = found
  }
  const ofRuns = paths.filter((one) => one.startsWith('{run}/')).map((one) => one.slice('{run}/'.length))
  return { ...facts, stamps, runs: await observeRuns(runs, config.name, ofRuns) }
}

function findCard(name: string): GpuCard {
  const names = GPU_CARDS.map((card) => card.name)
  const card = GPU_CARDS.find((one) => one.name === name.toLowerCase())
  if (card !== undefined) return card
  const nearest = findNearest(name, names)
  throw new UserError(
    `--gpu ${name} is no card that is known${nearest === null ? '.' : `; did you mean ${nearest}?`}`,
    { reason: 'usage', code: 'gpu-name', hint: `One of: ${names.join(', ')}` },
  )
}

async function readKitVersion(): Promise<string> {
  const text = await readFile(join(packageRoot, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function osName(): Facts['machine']['os'] {
  const name = platform()
  return name === 'linux' || name === 'darwin' || name === 'win32' ? name : 'other'
}

/** Local files that the config names. */
async function observeFiles(config: Config, workingDirectory: string): Promise<Facts['files']> {
  const { script } = config.train
  const absolute = script === undefined ? [] : [resolve(workingDirectory, script)]
  return Object.fromEntries(
    await Promise.all(absolute.map(async (path) => [path, await observeFile(path)] as const)),
  )
}

const HASHED_UP_TO_BYTES = 2_000_000

async function observeFile(path: string): Promise<FileFact | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  const hashed = found.isFile() && found.size <= HASHED_UP_TO_BYTES
  return {
    kind: found.isDirectory() ? 'folder' : 'file',
    sizeBytes: found.size,
    mtimeMs: found.mtimeMs,
    sha256: hashed ? sha256(await readFile(path)) : null,
  }
}

async function hashPythonFiles(): Promise<Record<string, string>> {
  const folders = ['python', 'python/locks']
  const hashes: Record<string, string> = {}
  for (const folder of folders) {
    for (const name of (await readdir(join(packageRoot, folder))).sort()) {
      if (/\.(py|txt)$/.test(name))
        hashes[`${folder}/${name}`] = sha256(await readFile(join(packageRoot, folder, name)))
    }
  }
  return hashes
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

export async function readManifest(path: string): Promise<ManifestFact | null> {
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as ManifestFact
    return { fingerprint: manifest.fingerprint, train: manifest.train, validation: manifest.validation }
  } catch {
    return null
  }
}
