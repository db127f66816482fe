import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Event } from '../../../src/events.ts'
import { createEventPrinter } from '../../../src/ui/event-printer.ts'
import type { OutputStream } from '../../../src/ui/view.ts'

const message = '::error::no ##[error]no \u001b[31mred'
const event: Event = {
  ...{ v: 1, seq: 1, time: '2026-01-02T03:04:05.000Z' },
  ...{ type: 'log', stage: null, message },
}

function print(json: boolean): string {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(more: string, _, done) {
      text += more
      done()
    },
  }) as unknown as OutputStream
  createEventPrinter({ stream, json })(event)
  return text
}

it('words of other programs steer neither the terminal nor the runner of a workflow', () => {
  expect(print(false)).toMatch(/^\S+ : :error::no # #\[error\]no red\n$/)
  const line = print(true)
  for (const part of ['\u001b', '##[']) expect(line).not.toContain(part)
  expect(JSON.parse(line)).toEqual(event)
})
