/** Lets a program or a model write captions for the pictures that all other filters keep; each picture is captioned once. */
import { rm } from 'node:fs/promises'
import type { SourcePicture } from '../../dataset/source-picture.ts'
import { formatCount } from '../../words.ts'
import type { Finding } from '../../dataset/annotations/rows.ts'
import { captionsFile, captionsFolder } from '../../dataset/work-files.ts'
import { openJournal } from '../../tools/files/journal.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import { planCaptioner } from '../../trainer/captions/captioner.ts'
import type { Command, StageContext } from '../../types.ts'
import { captionSome, keyOf, type CaptionWork, type Kept } from './caption-start.ts'
import { fetchCaptioner } from './fetch-captioner.ts'
import { reportProgress } from '../progress.ts'

export interface WrittenCaptions {
  /** False when no program was asked; then pictures are unchanged. */
  readonly areWritten: boolean
  /** Returns the picture with its written caption, or with the reason why it has none. */
  give(picture: SourcePicture, finding: Finding): Promise<SourcePicture>
  close(): Promise<void>
}

interface CaptionOptions {
  readonly context: StageContext
  readonly source: PictureSource
  /** Yields the pictures that are kept, given the captions that are written so far. */
  readonly kept: (written: WrittenCaptions) => AsyncIterable<Kept>
}

/** If captions come from elsewhere, no program is started and pictures are returned unchanged. */
export async function captionPictures({ context, source, kept }: CaptionOptions): Promise<WrittenCaptions> {
  const captioner = planCaptioner(context)
  if (captioner === null)
    return { areWritten: false, give: async (picture) => picture, close: async () => undefined }
  const journal = await openJournal<string>(captionsFile(context.paths))
  const work = { captioner, journal, problems: new Map<string, string>(), context, source }
  const wanted = new Map<string, Kept>()
  const captions: WrittenCaptions = {
    areWritten: true,
    close: () => journal.close(),
    async give(picture, finding) {
      if ('error' in finding || !wanted.has(finding.sha256)) return picture
      return { ...picture, isCaptionPending: false, ...(await readCaption(finding.sha256, work)) }
    },
  }
  try {
    // A picture that gets no caption may have stood for its duplicates; then one of those needs a caption.
    while (await addNew(kept(captions), wanted)) await captionAll(wanted, work)
    return captions
  } catch (error) {
    await journal.close()
    throw error
  }
}

/** Marks a picture whose caption a program will write, so that all other reasons for rejection are checked first. */
export function awaitCaption(
  picture: SourcePicture,
  { config: { dataset } }: Pick<StageContext, 'config'>,
): SourcePicture {
  return isWritten(dataset.captions) ? { ...picture, isCaptionPending: true } : picture
}

function isWritten(captions: StageContext['config']['dataset']['captions']): boolean {
  return 'command' in captions || 'model' in captions
}

/** Returns true when there are pictures that were not in `wanted` before. */
async function addNew(kept: AsyncIterable<Kept>, wanted: Map<string, Kept>): Promise<boolean> {
  const before = wanted.size
  for await (const one of kept) if (!wanted.has(one.sha256)) wanted.set(one.sha256, one)
  return wanted.size > before
}

async function readCaption(
  sha256: string,
  { captioner, journal, problems }: CaptionWork,
): Promise<Pick<SourcePicture, 'caption' | 'captionProblem'>> {
  const found = journal.find(keyOf(sha256, captioner))
  const caption = found === null ? '' : journal.read(found)
  if (caption !== '') return { caption }
  return { caption: null, captionProblem: problems.get(sha256) ?? `${captioner.name} wrote an empty caption` }
}

async function captionAll(wanted: ReadonlyMap<string, Kept>, work: CaptionWork): Promise<void> {
  const { captioner, journal, context, problems } = work
  const total = wanted.size
  const pictures = [...wanted.values()].filter(
    ({ sha256 }) => journal.find(keyOf(sha256, captioner)) === null && !problems.has(sha256),
  )
  if (pictures.length === 0) return
  const [fetch, command] = commandsOf(context)
  if (fetch !== null) await fetchCaptioner(fetch, context)
  const report = reportProgress({ ...context, stage: 'annotate-images', total, unit: 'captions' })
  let done = total - pictures.length
  report(done)
  const progress = (): void =>
    report(++done, () => ({
      known: total - pictures.length,
      ...(problems.size > 0 && { note: `${formatCount(problems.size)} without a caption` }),
    }))
  const folder = captionsFolder(context.paths)
  await rm(folder, { recursive: true, force: true })
  try {
    for (let rest = pictures; rest.length > 0;)
      rest = rest.slice(await captionSome(rest, { ...work, command, progress, folder }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The command that fetches the model is only in the plan if the model was missing. */
function commandsOf({ stage: { commands } }: StageContext): [fetch: Command | null, caption: Command] {
  return [commands.length > 1 ? commands[0]! : null, commands.at(-1)!]
}
