/** Warns of a training that says nothing any more, has it tell where it stands, and ends it when there is no hope. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDuration } from '../../duration.ts'
import type { UserError } from '../../errors.ts'
import { requestStackDumps } from '../../tools/processes/stack-dumps.ts'
import type { TrainerLogPart } from '../../trainer/log/trainer-events.ts'
import { SilenceWatch, type Silence } from '../../trainer/watch/silence.ts'
import { isStackDump, readStackDump } from '../../trainer/watch/stack-dump.ts'
import { describeSilence, stallError } from '../../trainer/watch/stall-error.ts'
import type { StageContext } from '../../types.ts'

interface SilenceInput extends Pick<StageContext, 'config' | 'report'> {
  /** Of the trainer's processes. */
  readonly marker: string
  readonly stop: AbortController
  readonly logPath: string
  /** The last optimiser step that was seen. */
  readonly step: () => number
}

const MOST_TICK_MS = 15_000
/** How long the trainer has to print its stacks before it is ended. */
const DUMP_MS = 2000

export function listenToSilence({ config, report, marker, stop, logPath, step }: SilenceInput) {
  const stallMs = config.watch.stall_timeout === 'off' ? null : parseDuration(config.watch.stall_timeout)
  const tickMs = stallMs === null ? MOST_TICK_MS : Math.min(MOST_TICK_MS, Math.max(100, stallMs / 20))
  // The clock of a machine may jump; this one does not.
  const watch = new SilenceWatch({ stallMs, tickMs }, performance.now())
  let pid: number | null = null
  let dump: string[] = []
  let problem: UserError | null = null

  const ask = async (): Promise<string[]> => {
    dump = []
    const states = pid === null ? [] : requestStackDumps(pid, marker)
    await sleep(DUMP_MS, undefined, { ref: false })
    return [...readStackDump(dump), ...states]
  }
  const end = async (silence: Silence) => {
    const places = await ask()
    problem = stallError({ silence, step: step(), places, logPath })
    stop.abort()
  }
  const tick = () => {
    const silence = watch.tick(performance.now())
    if (silence?.news === 'end') void end(silence)
    if (silence?.news !== 'warn') return
    warn(silence, report)
    void ask()
  }
  const timer = setInterval(tick, tickMs)
  return {
    start: (started: number) => void (pid = started),
    hear({ events, lines }: TrainerLogPart) {
      for (const { text, bar } of lines) {
        if (isStackDump(text)) dump.push(text)
        else watch.output(bar)
      }
      for (const event of events) watch.event(event, performance.now())
    },
    problem: () => problem,
    close: () => clearInterval(timer),
  }
}

function warn(silence: Silence, report: StageContext['report']): void {
  try {
    report({
      type: 'warning',
      code: 'training-silent',
      message: `The trainer ${describeSilence(silence)}. The log gets what its processes are doing.`,
    })
  } catch {
    // A full disk: what the trainer says next can't be written either, and that ends the attempt.
  }
}
