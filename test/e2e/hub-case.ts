/** For each test a new folder and a stand-in of the Hub, which the environment names, and what the kit reads there. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'
import type { UserError } from '../../src/errors.ts'
import { observeSource } from '../../src/sources/observe-source.ts'
import { openSource } from '../../src/sources/open-source.ts'
import type { OpenSourceOptions } from '../../src/sources/picture-source.ts'
import { hashBytes, readLocated } from '../../src/tools/files/read-located.ts'
import { REPO, startDatasetHub, type Asked, type FakeDatasetHub } from './fake-dataset-hub.ts'

export const TOKEN = 'hf_secret-of-the-test'
export const COLUMNS = { image: 'image', conditioning_image: 'spiga_seg', caption: 'image_caption' }

export let folder: string
export let hub: FakeDatasetHub

/** To be called once in a file, outside of its tests. `files`: what lies in the repository. */
export function useHub(files: () => Record<string, Buffer>): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cnk-hub-'))
    hub = await startDatasetHub(files())
    vi.stubEnv('HF_ENDPOINT', `${hub.url}/`)
    vi.stubEnv('HF_HOME', join(folder, 'hf'))
    vi.stubEnv('HF_TOKEN', TOKEN)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await hub.close()
    await rm(folder, { recursive: true })
  })
}

export const observe = (name = REPO, options = {}) =>
  observeSource(
    { hub: name },
    {
      workingDirectory: folder,
      cache: join(folder, 'cache'),
      dataset: { columns: COLUMNS, captions: { column: 'image_caption', drop: 0 } },
      ...options,
    },
  )

export const open = (options: Partial<OpenSourceOptions> = {}) =>
  openSource({
    source: { hub: REPO },
    columns: COLUMNS,
    values: ['image_caption'],
    conditioning: false,
    place: REPO,
    revision: hub.commit('main'),
    exclude: [],
    cache: join(folder, 'cache'),
    signal: new AbortController().signal,
    ...options,
  })

/** Hashes of all pictures. */
export async function readAll(options: Partial<OpenSourceOptions> = {}): Promise<string[]> {
  const source = await open(options)
  const { entries } = await source.list()
  const read = async (path: string) => hashBytes(await readLocated(await source.locate(path)))
  const all = await Promise.all(entries.map(({ path }) => read(path)))
  await source.close()
  return all
}

export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UserError,
  )

export const trouble = (
  what: FakeDatasetHub['trouble'][number]['what'],
  left = 1,
  when = (_: Asked) => true,
) => hub.trouble.push({ when, what, left })

export const isStorage = ({ server }: Asked): boolean => server === 'storage'
