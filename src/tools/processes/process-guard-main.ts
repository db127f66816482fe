/** Started by `process-guard.ts`: two lines on stdin, a marker and a process id; when stdin ends, those are killed. */
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFamily, type ProcessFamily } from './process-family.ts'

const TRIES = 100
const BETWEEN_MS = 50

let marker: string | null = null
let family: ProcessFamily | null = null
for await (const line of createInterface({ input: process.stdin })) {
  if (marker === null) marker = line
  // At once, so that the process is recorded with its start time, and no other one is ever taken for it.
  else family = openFamily(Number(line), marker)
}
if (marker !== null) await killAll(family ?? openFamily(null, marker))

/** More than once: some may start others while we look. */
async function killAll(all: ProcessFamily): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    all.refresh()
    if (all.alive().length === 0) return
    all.kill()
    await sleep(BETWEEN_MS)
  }
}
