import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openAttemptLogs, openLogFile } from '../../src/tools/runs/log-file.ts'
import { appendMetric, readMetrics, trimMetrics } from '../../src/tools/runs/metrics-file.ts'
import { createRedactor } from '../../src/tools/redact.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-files-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('logs: one pair of files an attempt, no secrets, of a bar its last state', () => {
  for (const attempt of [1, 2]) {
    const logs = openAttemptLogs(join(folder, 'logs'), createRedactor({}))
    expect(logs.attempt).toBe(attempt)
    logs.stderr.write([
      { text: 'hello hf_abcdefghijklmnopqrstuvwxyz012345', bar: false },
      { text: 'bar 1', bar: true },
      { text: 'bar 2', bar: true },
      { text: 'bar 3', bar: true },
      { text: 'bye', bar: false },
      { text: 'bar 4', bar: true },
    ])
    logs.stderr.close()
    logs.stdout.close()
  }
  // A bar gets a line before another line comes, and every ten seconds.
  expect(readFileSync(join(folder, 'logs/attempt-002.stderr.log'), 'utf8')).toBe(
    'hello [hidden]\nbar 3\nbye\nbar 4\n',
  )
})

it('a full disk: what to do, and the file is closed all the same', () => {
  const full = expect.objectContaining({
    code: 'disk-full',
    message: expect.stringMatching(/the disk is full/),
  })
  const log = openLogFile('/dev/full', createRedactor({}))
  expect(() => log.write([{ text: 'hello', bar: false }])).toThrow(full)
  log.write([{ text: 'bar 1', bar: true }])
  const open = readdirSync('/proc/self/fd').length
  expect(() => log.close()).toThrow(full)
  expect(readdirSync('/proc/self/fd')).toHaveLength(open - 1)
  expect(() => appendMetric('/dev/full', { step: 1, loss: 0, lr: 0, seconds: null })).toThrow(full)
})

it('metrics: a torn line is left out, a resumed run drops what it does again', async () => {
  const path = join(folder, 'metrics.ndjson')
  for (const step of [1, 2, 3, 4]) appendMetric(path, { step, loss: step / 10, lr: 1e-5, seconds: null })
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"step": 5, "lo`)
  await trimMetrics(path, 3)
  expect(readMetrics(path).map(({ step }) => step)).toEqual([1, 2, 3])
  await trimMetrics(join(folder, 'nowhere'), 3)
  expect(readMetrics(join(folder, 'nowhere'))).toEqual([])
})
