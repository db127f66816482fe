/** One start of a program that writes captions: hands out pictures, takes answers into the journal. */
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
  /** In the source. */
  readonly path: string
  /** Of its bytes. */
  readonly sha256: string
}

/** What all starts of the program share. */
export interface CaptionWork {
  readonly captioner: Captioner
  readonly journal: Journal<string>
  /** Why a picture has no caption, by content. */
  readonly problems: Map<string, string>
  readonly context: StageContext
  readonly source: PictureSource
}

/** A caption is kept under it. */
export const keyOf = (sha256: string, { identity }: Captioner): string => `${sha256} ${identity}`

interface Start extends CaptionWork {
  readonly command: Command
  /** Called for each picture that is settled. */
  readonly progress: () => void
  /** For temporary files. */
  readonly folder: string
}

/** One start of the program, with as many as it may be given. Tells how many are settled. */
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

/** Where answers are not waited for, copies would pile up. */
function hasEnough(given: number, { perStart, window }: Captioner, paths: PicturePaths): boolean {
  return given >= perStart || (window === Infinity && paths.isFull())
}

/** Hands out pictures one after the other, until this start has enough. */
class PictureQueue {
  /** Settled or handed out. */
  taken = 0
  /** Handed out. */
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

  /** What is not handed out by now is left for the next start. */
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

/** Takes answers in. What can't be kept (a full disk) stops the program; `written` ends when all is put away. */
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
    // A failure is not kept: it is asked for again next time.
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
  return `${name} wrote ${formatCount(caption.length)} characters; ${formatCount(MAX_CAPTION)} are the most`
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
