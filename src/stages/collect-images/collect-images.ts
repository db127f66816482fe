/** Lists the pictures of the source with their content hashes. If the kit makes the pictures itself, it makes them first. */
import { configuredSource } from '../../sources/index.ts'
import { availableParallelism } from 'node:os'
import { conditionOf } from '../../conditions/index.ts'
import { cleanCaption, planCaptionNeeds, sidecarName } from '../../dataset/captions/captions.ts'
import { compareIds } from '../../dataset/annotations/annotation.ts'
import { readUtf8 } from '../../formats/text/utf8-text.ts'
import { planIds, type SourcePicture } from '../../dataset/source-picture.ts'
import { describeSource } from '../../dataset/sources/describe-source.ts'
import { findSourceProblem } from '../../dataset/sources/source-problem.ts'
import { picturesFile, stampFile } from '../../dataset/work-files.ts'
import { environmentKindOf } from '../../environment/kinds.ts'
import { UserError } from '../../errors.ts'
import { openAtomicFile } from '../../tools/files/atomic-write.ts'
import { mapInOrder } from '../../tools/concurrent.ts'
import { readNdjson } from '../../tools/files/ndjson-file.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { openPictureHasher, type PictureHasher } from '../annotate-images/picture-hasher.ts'
import { MAX_FILE_BYTES } from '../../tools/files/read-located.ts'
import type { PictureSource, SourceEntry } from '../../sources/picture-source.ts'
import type { Config, PlanContext, SourceFact, Stage, StageContext } from '../../types.ts'
import { openConfigSource } from '../open-configured-source.ts'
import { reportProgress } from '../progress.ts'

export const collectImages: Stage = {
  spec: {
    name: 'collect-images',
    title: 'collect images',
    version: 4,
    failure: 'dataset',
    needed: () => true,
    after: [],
    // What a person brings may not work: it is tried before anything long starts.
    before: ({ config, trains }) =>
      trains && !environmentKindOf(config).isMade ? ['create-environment'] : [],
    settings: ({ config: { condition, dataset } }) => ({
      source: dataset.source,
      columns: dataset.columns,
      captions: planCaptionNeeds(dataset.captions),
      conditioning: conditionOf(condition.kind).from === 'source',
    }),
    inputs: ({ facts }) => facts.source.digest,
    outputs: ({ config, paths }) =>
      [
        configuredSource(config.dataset.source).spec.made === null ? [] : paths.source,
        picturesFile(paths),
      ].flat(),
    stamp: ({ paths }) => stampFile(paths, 'collect-images'),
    commands: () => [],
    summary: ({ facts }: PlanContext) => describeSource(facts.source),
  },

  async run(context) {
    const { facts } = context
    await makePictures(context)
    const source = await openConfigSource(context)
    try {
      const { entries, folders, others, unread } = await source.list()
      const pictures = entries.length
      if (pictures === 0) throw noPictures({ ...facts.source, pictures, others, unread })
      await writePictureList(entries, source, context)
      return { line: describeSource({ ...facts.source, pictures, folders, unread }) }
    } finally {
      await source.close()
    }
  },
}

async function makePictures({ config, paths, report, signal }: StageContext): Promise<void> {
  const { spec, given } = configuredSource(config.dataset.source)
  if (spec.made === null) return
  const total = spec.made.count(given)
  const begin = () => reportProgress({ report, stage: 'collect-images', total, unit: 'pictures' })
  const maker = await spec.made.open()
  await maker.make({ given, folder: paths.source, signal, begin })
}

function noPictures(source: SourceFact): UserError {
  const { code, found, expected, remedy } = findSourceProblem(source)!
  return new UserError(`${found}: expected ${expected}.`, { reason: 'preflight', code, hint: remedy })
}

async function writePictureList(
  entries: readonly SourceEntry[],
  source: PictureSource,
  context: StageContext,
): Promise<void> {
  const { paths, report, signal } = context
  const ids = planIds(entries.map(({ path }) => path))
  const list = entries.map((entry) => ({ ...entry, id: ids.get(entry.path)! })).sort(compareIds)
  const known = await readKnownHashes(picturesFile(paths))
  const total = list.length
  // Generated pictures were already counted while they were made.
  const progress =
    configuredSource(context.config.dataset.source).spec.made !== null
      ? () => undefined
      : reportProgress({ report, stage: 'collect-images', total, unit: 'pictures' })
  const output = await openAtomicFile(picturesFile(paths))
  const hasher = openPictureHasher(availableParallelism(), signal)
  const { captions } = context.config.dataset
  try {
    let done = 0
    const records = mapInOrder(list, hasher.width, (entry) => {
      signal.throwIfAborted()
      return describe(entry, { source, known, hasher, captions })
    })
    for await (const record of records) {
      await output.write(JSON.stringify(record) + '\n')
      progress(++done)
    }
    await output.commit()
  } finally {
    await hasher.close()
    await output.discard()
  }
}

interface Describe {
  readonly source: PictureSource
  readonly hasher: PictureHasher
  readonly known: ReadonlyMap<string, string>
  readonly captions: Config['dataset']['captions']
}

async function describe(
  entry: SourceEntry & { readonly id: string },
  { source, known, hasher, captions }: Describe,
): Promise<SourcePicture> {
  const { id, path, sizeBytes, version, values, conditioning, problem } = entry
  const bare = { id, source: path, sizeBytes, version, sha256: null, caption: null, values, conditioning }
  if (problem !== undefined) return { ...bare, problem }
  const sha256 =
    known.get(identify(entry)) ?? (source.isRemote ? null : await hashPicture(entry, { source, hasher }))
  return { ...bare, sha256, ...(await readCaption(entry, captions, source)) }
}

/** Returns null for an unreadable picture; the annotator reports the problem. */
async function hashPicture(
  { path, sizeBytes }: SourceEntry,
  { source, hasher }: Pick<Describe, 'source' | 'hasher'>,
): Promise<string | null> {
  if (sizeBytes > MAX_FILE_BYTES) return null
  try {
    return await hasher.hash(await source.locate(path))
  } catch (error) {
    if (error instanceof PictureError) return null
    throw error
  }
}

type Versioned = Pick<SourceEntry, 'path' | 'sizeBytes' | 'version'>

function identify({ path, sizeBytes, version }: Versioned): string {
  return JSON.stringify([path, sizeBytes, version])
}

/** Returns hashes from the previous pictures.ndjson; same path, size and version means same content. */
async function readKnownHashes(file: string): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  try {
    for await (const { source: path, sizeBytes, version, sha256 } of readNdjson<SourcePicture>(file)) {
      if (sha256 !== null) known.set(identify({ path, sizeBytes, version }), sha256)
    }
  } catch {
    known.clear()
  }
  return known
}

/** Returns null when the picture has no caption of its own, or none is needed. */
async function readCaption(
  { path, values }: SourceEntry,
  captions: Config['dataset']['captions'],
  source: PictureSource,
): Promise<Pick<SourcePicture, 'caption' | 'captionProblem'>> {
  if ('column' in captions) {
    const { column } = captions
    return { caption: Object.hasOwn(values, column) ? cleanCaption(values[column]!) : null }
  }
  if (!('sidecar' in captions)) return { caption: null }
  const bytes = await source.readBeside(sidecarName(path, captions.sidecar))
  const text = bytes && readUtf8(bytes)
  if (bytes !== null && text === null)
    return { caption: null, captionProblem: 'its caption file is not UTF-8 text' }
  return { caption: text && cleanCaption(text) }
}
