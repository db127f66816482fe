import { configSchema, type Config } from '../../../src/config/schema.ts'
import type { Facts, GpuFact, ModelFact } from '../../../src/types.ts'

/** A place where no model is yet. */
export const absentModel: ModelFact = {
  folder: '/home/me/.cache/controlnet-kit/base-models/x',
  kind: 'missing',
  reason: null,
  files: {},
  folders: [],
  partialBytes: 0,
}

/** A laptop without a GPU, 100 pictures, nothing made yet. */
export const bareFacts: Facts = {
  kitVersion: '0.1.0',
  packageRoot: '/kit',
  workingDirectory: '/home/me',
  cache: '/home/me/.cache/controlnet-kit',
  machine: { os: 'linux', arch: 'x64', cores: 8, memoryBytes: 16e9 },
  python: { ok: true, file: '/usr/bin/python3.11', version: '3.11.7', minor: '3.11' },
  ownPython: null,
  trackers: { wandb: { hasKey: false, mode: null, address: null } },
  script: null,
  gpus: [],
  network: {
    offline: null,
    hub: { host: 'huggingface.co', also: ['*.hf.co'], proxy: null, problem: null },
    githubRaw: { host: 'raw.githubusercontent.com', also: [], proxy: null, problem: null },
    inHubCache: { baseModel: false, captioner: false },
  },
  cuda: { visibleDevices: null, parts: [], trouble: null },
  annotator: null,
  source: {
    kind: 'folder',
    given: './photos',
    exists: true,
    pictures: 100,
    folders: 1,
    bytes: 1e8,
    digest: 'd1',
    revision: null,
    others: {},
  },
  captioner: null,
  tokenizer: null,
  baseModel: absentModel,
  startControlnet: null,
  stamps: {},
  manifest: null,
  realPaths: { dataset: '/home/me/dataset', cache: '/home/me/.cache/controlnet-kit' },
  disks: {
    dataset: { freeBytes: 1e12, device: 1 },
    runs: { freeBytes: 1e12, device: 2 },
    cache: { freeBytes: 1e12, device: 3 },
  },
  datasetCopies: [],
  unwritable: [],
  foreign: [],
  files: {},
  damagedRuns: [],
  runs: [],
  pythonFiles: {
    'python/locks/diffusers-cpu.txt': 'l1',
    'python/locks/builtin-cpu.txt': 'l2',
    'python/train.py': 't1',
  },
}

export function config(more: Record<string, unknown> = {}): Config {
  return configSchema.parse({
    version: 1,
    name: 'faces',
    dataset: { source: { folder: './photos' } },
    ...more,
  })
}

const GIB = 2 ** 30

/** A card with a driver that works, its memory as good as free. */
export function makeGpu(more: Partial<GpuFact> & { readonly gib?: number } = {}): GpuFact {
  const { gib = 24, ...facts } = more
  return {
    ...{ index: 0, uuid: 'GPU-1a', name: 'NVIDIA RTX A', driver: '580.95.05', computeCapability: 8.6 },
    ...{ totalBytes: gib * GIB, freeBytes: gib * GIB - 0.5e9 },
    ...facts,
  }
}
