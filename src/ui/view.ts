/** One way of showing a run. `create-reporter.ts` feeds it. */
import type { Event } from '../events.ts'
import type { RunState } from './run-state.ts'

export interface View {
  begin(state: RunState): void
  /** `state` is the one after `event`. */
  show(event: Event, state: RunState): void
  /** The last call. The terminal is free again when it ends. */
  close(state: RunState): Promise<void> | void
}

export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Writes until the other end is gone (`| head`): a broken pipe must not end a run. */
export function createWriter(stream: OutputStream): (text: string) => void {
  let open = true
  stream.on('error', () => (open = false))
  return (text) => {
    if (open) stream.write(text)
  }
}
