/** Runs a caption program once: sends pictures, and writes the answers to the journal. */
import { MAX_CAPTION, type CaptionAnswer } from '../../dataset/captions/caption-answer.ts'
import { cleanCaption } from '../../dataset/captions/captions.ts'
import { formatCount } from '../../words.ts'
import { UserError } from '../../errors.ts'
import { runCaptionProgram } from '../../tools/captions/caption-program.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import { openPicturePaths, type PicturePaths } from './picture-paths.ts'
import type { Captioner } from '../../trainer/captions/captioner.ts'
import type { PictureSource } from '../../sources/picture-source.ts'
import type { Journal } from '../../tools/files/journal.ts'
import type { Command, StageContext } from '../../types.ts'

/** A picture that is kept if it gets a caption. */
export interface Kept {
  /** Path in the source. */
  readonly path: string
  /** sha256 of its bytes. */
  readonly sha256: string
}

/** Shared by all starts of the program. */
export interface CaptionWork {
  readonly captioner: Captioner
  readonly journal: Journal<string>
  /** Content hash → why the picture has no caption. */
  readonly problems: Map<string, string>
  readonly context: StageContext
  readonly source: PictureSource
}

/** Key of a caption in the journal. */
export const keyOf = (sha256: string, { identity }: Captioner): string => `${sha256} ${identity}`

interface Start extends CaptionWork {
  readonly command: Command
  /** Called for each picture that has a caption or a problem. */
  readonly progress: () => void
  /** Folder for temporary files. */
  readonly folder: string
}

/** Starts the program once with as many pictures as allowed; returns how many pictures are done. */
export async function captionSome(pictures: readonly Kept[], start: Start): Promise<number> {
  const { captioner, context, command, problems, progress } = start
  const paths = openPicturePaths(start)
  const settle = settler(start, paths)
  const queue = new PictureQueue(pictures, {
    paths,
    settle,
    hasEnough: (given) => hasEnough(given, captioner, paths),
  })
  try {
    const unanswered = await runCaptionProgram<Kept>({
      ...captioner,
      command,
      next: () => queue.next(),
      onAnswer: (kept, answer) => settle(kept, answer),
      signal: context.signal,
    })
    await queue.end()
    if (unanswered.length > 0) reportSilence(unanswered.length, queue.given, start)
    for (const { sha256 } of unanswered) {
      problems.set(sha256, `${captioner.name} did not answer for it`)
      progress()
    }
    return queue.taken
  } finally {
    await queue.end().catch(() => undefined)
    await settle.written()
    await paths.close()
  }
}

/** A program that reads all paths first would need many copies at the same time; their size is limited. */
function hasEnough(given: number, { perStart, window }: Captioner, paths: PicturePaths): boolean {
  return given >= perStart || (window === Infinity && paths.isFull())
}

/** Hands out pictures one after the other until this start has enough. */
class PictureQueue {
  /** Number of pictures that are done or handed out. */
  taken = 0
  /** Number of pictures that are handed out. */
  given = 0
  readonly #pictures: readonly Kept[]
  readonly #options: PictureQueueOptions
  #over = false
  #underWay: Promise<unknown> = Promise.resolve()

  constructor(pictures: readonly Kept[], options: PictureQueueOptions) {
    this.#pictures = pictures
    this.#options = options
  }

  next(): Promise<{ path: string; item: Kept } | null> {
    const found = this.#find()
    this.#underWay = found
    return found
  }

  /** Stops handing out; remaining pictures are left for the next start. */
  async end(): Promise<void> {
    this.#over = true
    await this.#underWay
  }

  async #find(): Promise<{ path: string; item: Kept } | null> {
    const { paths, hasEnough, settle } = this.#options
    while (!this.#over && this.taken < this.#pictures.length && !hasEnough(this.given)) {
      const item = this.#pictures[this.taken]!
      const path = await paths.place(item).catch((error: unknown) => {
        if (!(error instanceof PictureError)) throw error
        settle(item, { path: item.path, error: error.message })
        return null
      })
      if (path !== null && this.#over) return null
      this.taken++
      if (path === null) continue
      this.given++
      return { path, item }
    }
    return null
  }
}

interface PictureQueueOptions {
  readonly paths: PicturePaths
  readonly hasEnough: (given: number) => boolean
  readonly settle: (kept: Kept, answer: CaptionAnswer) => void
}

/**
 * Handles answers. If a caption can't be stored (disk full), the program is stopped; `written` resolves when everything is
 * stored.
 */
function settler({ captioner, journal, problems, progress }: Start, paths: PicturePaths) {
  const failures: unknown[] = []
  let writes: Promise<void> = Promise.resolve()
  const later = (work: () => Promise<void>): void => {
    writes = writes.then(work).catch((error: unknown) => void failures.push(error))
  }
  const settle = ({ sha256 }: Kept, answer: CaptionAnswer): void => {
    if (failures.length > 0) throw failures[0]
    const caption = 'text' in answer ? cleanCaption(answer.text) : null
    const problem = findProblem(caption, answer, captioner)
    if (problem !== null) problems.set(sha256, problem)
    // A failure is not stored, so the picture is captioned again next time.
    if (caption !== null && caption.length <= MAX_CAPTION) journal.append(keyOf(sha256, captioner), caption)
    later(() => paths.release(sha256))
    progress()
  }
  settle.written = async (): Promise<void> => {
    await writes
    if (failures.length > 0) throw failures[0]
  }
  return settle
}

function findProblem(caption: string | null, answer: CaptionAnswer, { name }: Captioner): string | null {
  if (caption === null) return `${name}: ${cleanCaption('error' in answer ? answer.error : '').slice(0, 300)}`
  if (caption === '') return `${name} wrote an empty caption`
  if (caption.length <= MAX_CAPTION) return null
  return `${name} wrote ${formatCount(caption.length)} characters; at most ${formatCount(MAX_CAPTION)} are allowed`
}

function reportSilence(unanswered: number, given: number, { captioner: { name }, context }: Start): void {
  if (unanswered < given) {
    const message = `${name} did not answer for ${formatCount(unanswered)} of ${formatCount(given)} pictures.`
    return context.report({ type: 'warning', code: 'captions-missing', message })
  }
  throw new UserError(`${name} was given ${formatCount(given)} pictures and answered for none.`, {
    code: 'caption-answer',
    hint: 'Expected one line of JSON on stdout for each path on stdin, {"path": …, "text": …}: docs/captioners.md',
  })
}
