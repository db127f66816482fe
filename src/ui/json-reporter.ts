/** NDJSON: each event on a line of its own. `result` is the last, whatever is reported after it. */
import { formatJson } from './text.ts'
import { createWriter, type OutputStream, type View } from './view.ts'

export function createJsonView(stdout: OutputStream): View {
  const write = createWriter(stdout)
  let ended = false
  return {
    begin() {},
    show(event) {
      if (ended) return
      ended = event.type === 'result'
      write(`${formatJson(event)}\n`)
    },
    close() {},
  }
}
