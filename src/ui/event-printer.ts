/** Shows events that another process recorded: as plain lines, or as they are. */
import type { Event } from '../events.ts'
import { createLineView } from './line-reporter.ts'
import { reduceRun, startRun, type Outline, type RunState } from './run-state.ts'
import { formatJson } from './text.ts'
import { createWriter, type OutputStream } from './view.ts'

/** The events themselves name their stages. */
const UNKNOWN: Outline = { kitVersion: '', command: '', name: '', target: null, stages: [], training: null }

interface PrinterOptions {
  readonly stream: OutputStream
  readonly json: boolean
}

/** Each attempt begins with `hello`, and its times count from there. */
export function createEventPrinter({ stream, json }: PrinterOptions): (event: Event) => void {
  const write = createWriter(stream)
  let view = createLineView(stream)
  let state: RunState = startRun(UNKNOWN)
  return (event) => {
    if (json) return write(`${formatJson(event)}\n`)
    if (event.type === 'hello') {
      view = createLineView(stream)
      state = startRun(UNKNOWN)
    }
    state = reduceRun(state, event)
    view.show(event, state)
  }
}
