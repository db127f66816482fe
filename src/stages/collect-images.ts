/** Lists the pictures of the source with their content hashes; makes them first where the source is the generator. */
import { readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { cleanCaption, sidecarName } from '../dataset/captions.ts'
import { compareIds } from '../dataset/annotation.ts'
import { isSegmentation } from '../dataset/face-synthetics.ts'
import { GENERATOR_SEED } from '../dataset/generated-source.ts'
import { planIds, type Picture } from '../dataset/pictures.ts'
import { formatCount } from '../dataset/rejects.ts'
import { findSourceProblem, formatPlace } from '../dataset/source-problem.ts'
import { picturesFile, stampFile } from '../dataset/work-files.ts'
import { UserError } from '../errors.ts'
import { openAtomicFile } from '../tools/atomic-write.ts'
import { mapInOrder } from '../tools/concurrent.ts'
import { hashFile } from '../tools/hash-file.ts'
import { readNdjson } from '../tools/ndjson-file.ts'
import { findPictureFiles, type FoundFile, type FoundFiles } from '../tools/picture-files.ts'
import type { Config, PlanContext, SourceFact, Stage, StageContext } from '../types.ts'
import { reportProgress } from './progress.ts'

export const collectImages: Stage = {
  spec: {
    name: 'collect-images',
    title: 'collect images',
    version: 1,
    failure: 'dataset',
    needed: () => true,
    after: [],
    settings: ({ config: { dataset } }) => ({ source: dataset.source, sidecar: sidecarExtension(dataset) }),
    inputs: ({ facts }) => facts.source.digest,
    outputs: ({ config, paths }) =>
      ['generated' in config.dataset.source ? paths.source : [], picturesFile(paths)].flat(),
    stamp: ({ paths }) => stampFile(paths, 'collect-images'),
    commands: () => [],
    summary: ({ facts }: PlanContext) => describeSource(facts.source),
  },

  async run(context) {
    const { config, facts } = context
    if ('generated' in config.dataset.source) await makeFaces(config.dataset.source.generated, context)
    const files = await listPictures(context)
    const count = files.pictures.length
    if (count === 0) throw noPictures({ ...facts.source, pictures: 0, others: files.others })
    await writePictureList(files, context)
    return { line: describeSource({ ...facts.source, pictures: count, folders: files.folders }) }
  },
}

/** `1,204 pictures in photos/ (3 folders)` */
function describeSource({ kind, given, pictures, folders }: SourceFact): string {
  if (kind === 'generated') return `${formatCount(pictures)} generated faces`
  const within = folders > 1 ? ` (${formatCount(folders)} folders)` : ''
  return `${formatCount(pictures)} ${pictures === 1 ? 'picture' : 'pictures'} in ${formatPlace(given)}${within}`
}

async function makeFaces(count: number, { paths, report, signal }: StageContext): Promise<void> {
  const there = await findPictureFiles(paths.source, { skip: isSegmentation }).catch(() => null)
  if (there?.pictures.length === count && there.texts.length === count) return
  const { writeGeneratedFaces } = await import('../tools/generated-faces.ts')
  await rm(paths.source, { recursive: true, force: true })
  const progress = reportProgress({ report, stage: 'collect-images', total: count, unit: 'pictures' })
  await writeGeneratedFaces({
    folder: paths.source,
    count,
    seed: GENERATOR_SEED,
    signal,
    onPicture: (done) => progress(done),
  })
}

function listPictures({ config: { dataset }, paths }: StageContext): Promise<FoundFiles> {
  return findPictureFiles(paths.source, {
    exclude: [paths.dataset, paths.runs],
    skip: 'folder' in dataset.source ? undefined : isSegmentation,
  })
}

function noPictures(source: SourceFact): UserError {
  const { code, found, expected, remedy } = findSourceProblem(source)!
  return new UserError(`${found}: expected ${expected}.`, { reason: 'preflight', code, hint: remedy })
}

async function writePictureList({ pictures }: FoundFiles, context: StageContext): Promise<void> {
  const { config, paths, report, signal } = context
  const ids = planIds(pictures.map(({ path }) => path))
  const list = pictures.map((file) => ({ ...file, id: ids.get(file.path)! })).sort(compareIds)
  const known = await readKnownHashes(picturesFile(paths))
  const sidecar = sidecarExtension(config.dataset)
  const progress = reportProgress({ report, stage: 'collect-images', total: list.length, unit: 'pictures' })
  const output = await openAtomicFile(picturesFile(paths))
  try {
    let done = 0
    const records = mapInOrder(list, availableParallelism() * 4, async (file): Promise<Picture> => {
      signal.throwIfAborted()
      const sha256 = known.get(identify(file)) ?? (await hashPicture(paths.source, file.path))
      const { id, path: source, sizeBytes, mtimeMs } = file
      return {
        id,
        source,
        sizeBytes,
        mtimeMs,
        sha256,
        caption: await readCaption(paths.source, source, sidecar),
      }
    })
    for await (const record of records) {
      await output.write(JSON.stringify(record) + '\n')
      progress(++done)
    }
    await output.commit()
  } finally {
    await output.discard()
  }
}

/** A file that can't be opened is left to the annotator, which says so of each; it gets a hash that no content has. */
async function hashPicture(folder: string, path: string): Promise<string> {
  return hashFile(join(folder, path)).catch(() => `unreadable:${path}`)
}

function identify({ path, sizeBytes, mtimeMs }: FoundFile): string {
  return JSON.stringify([path, sizeBytes, mtimeMs])
}

/** Of the last list: what has kept path, size and time has kept its content. */
async function readKnownHashes(file: string): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  try {
    for await (const { source: path, sizeBytes, mtimeMs, sha256 } of readNdjson<Picture>(file)) {
      if (/^[0-9a-f]{64}$/.test(sha256)) known.set(identify({ path, sizeBytes, mtimeMs }), sha256)
    }
  } catch {
    known.clear()
  }
  return known
}

function sidecarExtension({ captions }: Config['dataset']): string | null {
  return 'sidecar' in captions ? captions.sidecar : null
}

/** Null when the picture has no caption file, or none are wanted. */
async function readCaption(
  folder: string,
  picture: string,
  extension: string | null,
): Promise<string | null> {
  if (extension === null) return null
  return readFile(join(folder, sidecarName(picture, extension)), 'utf8').then(cleanCaption, () => null)
}
