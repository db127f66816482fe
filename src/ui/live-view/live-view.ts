/** The live view on a terminal: a listr2 list with a task for each stage. Heavy: it is loaded only where it is shown. */
import { Listr } from 'listr2'
import type { Event } from '../../events.ts'
import type { StageName } from '../../types.ts'
import type { RunState, StageState } from '../run-state.ts'
import { createPaint } from '../style.ts'
import { paintLine, type Line } from '../text.ts'
import type { OutputStream, View } from '../view.ts'
import { addNotice, noticeLines } from './notices.ts'
import { frameWidth, renderHeader, renderStage } from './stage-lines.ts'
import { stageRenderer } from './stage-renderer.ts'

const DEFAULT_COLUMNS = 80

interface LiveViewOptions {
  readonly stream: OutputStream
  readonly color: boolean
  readonly now: () => number
}

/** listr2's task, as far as we use it. */
interface Wrapper {
  title: string
  output: string
  skip(): void
}

/** listr2's list, as far as we use it. */
interface List {
  readonly tasks: readonly { set title$(title: string) }[]
  run(): Promise<unknown>
}

/** What listr2 knows of a stage. */
interface Task {
  /** There once listr2 has started the task. */
  wrapper: Wrapper | null
  /** Ends the task. */
  readonly end: () => void
  readonly ended: Promise<void>
  /** What was said while the stage ran; it stays below it. */
  notices: readonly Line[]
}

/** Nothing else may write to the terminal between `begin` and the end of `close`. */
export function createLiveView({ stream, color, now }: LiveViewOptions): View {
  const paint = createPaint(color)
  const columns = (): number => stream.columns ?? DEFAULT_COLUMNS
  const tasks = new Map<StageName, Task>()
  let state: RunState
  let list: List | null = null
  let finished: Promise<unknown> = Promise.resolve()

  const paintAll = (lines: readonly Line[]): string =>
    lines.map((line) => paintLine(line, paint, frameWidth(columns()))).join('\n')
  const titleOf = (stage: StageState): string =>
    paintAll(renderStage(state, stage, { columns: columns(), nowMs: now() }))
  const findStage = (name: StageName): StageState => state.stages.find((stage) => stage.name === name)!

  /** Takes the newest words over. */
  const refresh = (): void => {
    for (const [name, { wrapper }] of tasks) if (wrapper !== null) wrapper.title = titleOf(findStage(name))
  }
  const runTask = async (name: StageName, wrapper: Wrapper): Promise<void> => {
    const task = tasks.get(name)!
    task.wrapper = wrapper
    if (task.notices.length > 0) wrapper.output = paintAll(task.notices)
    await task.ended
    task.wrapper = null
    const stage = findStage(name)
    wrapper.title = stage.status === 'waiting' ? LEFT_OUT : titleOf(stage)
    if (stage.status === 'skipped') wrapper.skip()
    else if (stage.status !== 'done') throw new Ended()
  }
  const say = (lines: readonly Line[]): void => {
    const task = tasks.get(currentStage(state))
    if (task === undefined || lines.length === 0) return
    task.notices = addNotice(task.notices, lines)
    if (task.wrapper !== null) task.wrapper.output = paintAll(task.notices)
  }

  return {
    begin(first) {
      state = first
      for (const { name } of first.stages) tasks.set(name, openTask())
      const header = renderHeader(first, columns())
      stream.write(header.map((line) => `${paintLine(line, paint)}\n`).join(''))
      list = new Listr(
        first.stages.map((stage) => ({
          title: titleOf(stage),
          task: (_, wrapper) => runTask(stage.name, wrapper),
          rendererOptions: { persistentOutput: true },
        })),
        {
          renderer: stageRenderer({ stream, refresh }),
          // The kit stops by itself, and says how.
          registerSignalListeners: false,
        },
      )
      finished = list.run().catch(ignoreEnded)
    },
    show(event, next) {
      state = next
      say(noticeLines(event, columns()))
      const ended = endedStage(event)
      if (ended !== null) tasks.get(ended)?.end()
    },
    async close(last) {
      state = last
      for (const [index, task] of (list?.tasks ?? []).entries())
        if (last.stages[index]?.status === 'waiting') task.title$ = LEFT_OUT
      for (const { end } of tasks.values()) end()
      await finished
      // What was made follows.
      if (last.result?.status === 'done') stream.write('\n')
    },
  }
}

/** The title of a stage that did not start, at the end of the run. */
const LEFT_OUT = ' '

/** A stage did not end well; what happened is told elsewhere. */
class Ended extends Error {}

function ignoreEnded(error: unknown): void {
  if (!(error instanceof Ended)) throw error
}

function openTask(): Task {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  return { wrapper: null, end, ended, notices: [] }
}

function endedStage(event: Event): StageName | null {
  return event.type === 'stage-finished' || event.type === 'stage-skipped' ? event.stage : null
}

/** The stage below which words belong: the running one, else the last that ended, else the first. */
function currentStage({ stages }: RunState): StageName {
  const running = stages.find(({ status }) => status === 'running')
  const ended = stages.findLast(({ status }) => status !== 'waiting')
  return (running ?? ended ?? stages[0])!.name
}
