/** The events of a run, and what its trainer printed, as they come. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event } from '../../events.ts'
import { openTail, type Tail } from '../../tools/files/tail.ts'
import { listAttemptLogs } from '../../tools/runs/log-file.ts'
import { readRunRecord } from '../../tools/runs/run-folder.ts'

const POLL_MS = 300

interface FollowOptions {
  /** The run folder. */
  readonly folder: string
  /** Go on until the run is done; without, what is there by now. */
  readonly follow: boolean
  readonly signal: AbortSignal
}

/** The events of the newest attempt, and those of later ones where it follows. */
export async function* followEvents({ folder, follow, signal }: FollowOptions): AsyncGenerator<Event> {
  const tail = openTail(join(folder, 'events.ndjson'))
  const first = parseEvents(await tail.read())
  yield* first.slice(
    Math.max(
      0,
      first.findLastIndex(({ type }) => type === 'hello'),
    ),
  )
  while (follow && !signal.aborted) {
    const isDone = await isFinished(folder)
    yield* parseEvents(await tail.read())
    if (isDone) return
    await pause(signal)
  }
}

/** What the trainer printed in the newest attempt, and in later ones where it follows, line by line. */
export async function* followTrainer({ folder, follow, signal }: FollowOptions): AsyncGenerator<string> {
  const tails = new Map<string, Tail>()
  const read = async (): Promise<string[]> => {
    for (const file of await listAttemptLogs(join(folder, 'logs')))
      if (!tails.has(file)) tails.set(file, openTail(file))
    return (await Promise.all([...tails.values()].map((tail) => tail.read()))).flat()
  }
  yield* await read()
  while (follow && !signal.aborted) {
    const isDone = await isFinished(folder)
    yield* await read()
    if (isDone) return
    await pause(signal)
  }
}

const isFinished = async (folder: string): Promise<boolean> =>
  (await readRunRecord(folder))?.status === 'done'

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
}

/** A line that a power cut left torn is left out. */
function parseEvents(lines: readonly string[]): Event[] {
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Event]
    } catch {
      return []
    }
  })
}
