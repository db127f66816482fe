import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import type { EventBody } from '../../../../src/events.ts'
import { createReporter, type Reporter } from '../../../../src/ui/create-reporter.ts'
import { annotated, annotating, outline, START, training, type Story } from '../story.ts'
import { readScreen } from './screen.ts'

let opened: Reporter[] = []
afterEach(async () => {
  await Promise.all(opened.map((reporter) => reporter.close()))
  opened = []
})

/** A live view of the story's run; the clock is the story's. */
async function open({ columns = 100, color = false } = {}) {
  const stderr = Object.assign(new PassThrough(), { columns, rows: 40 })
  const writes: string[] = []
  stderr.on('data', (chunk: Buffer) => writes.push(chunk.toString()))
  let timeMs = START
  const reporter = await createReporter({
    ...{ mode: 'terminal', stdout: new PassThrough(), stderr, color },
    now: () => timeMs,
    complete: (text) => text,
  })
  opened.push(reporter)
  reporter.begin(outline)
  const play = (story: Story): void => {
    for (const [seconds, body] of story) {
      timeMs = START + seconds * 1000
      reporter.report(body)
    }
  }
  const resize = (width: number): void => {
    stderr.columns = width
    stderr.emit('resize')
  }
  return { reporter, play, writes, resize, screen: () => readScreen(writes.join('')) }
}

/** The first drawing waits until listr2's parts are loaded. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000 })

const failed: EventBody = { type: 'result', status: 'failed', exitReason: 'training', paths: {} }

test('while it runs: ended, running and waiting stages', async () => {
  const { play, screen } = await open()
  play(training)
  await soon(() => expect(screen()).toContain('step 69'))
  expect(screen().replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/m, '*')).toBe(
    `face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/                Ctrl-C stops, resumable

✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2
                     unreadable                                                                29 s
✔ write dataset      unchanged since 10:12
* train ControlNet   ▕███▊        ▏ step 69/216   loss 0.101 ↘   9.1 s/step   22 min left (10:48)
                     next: previews and checkpoint at 72
  verify model`,
  )
})

test('after a failed run: where it was; stages that did not start are left out', async () => {
  const { reporter, play, screen } = await open()
  play([...training, [700, failed]])
  await reporter.close()
  expect(screen()).toBe(
    `face-landmarks → runs/20261122-101500-face-landmarks-a1b2c3/                Ctrl-C stops, resumable

✔ annotate images    1,163 faces; 41 rejected: 22 no face, 11 too small, 6 duplicates, 2
                     unreadable                                                                29 s
✔ write dataset      unchanged since 10:12
✖ train ControlNet   failed at 69 of 216 steps                                               11 min`,
  )
})

test('the end of a run; its last line is a whole one, and the cursor is there again', async () => {
  const { reporter, play, screen, writes } = await open()
  play([
    ...annotated,
    [401, { type: 'stage-finished', stage: 'train-controlnet', reason: '300 steps', seconds: 371 }],
    [402, { type: 'stage-finished', stage: 'verify-model', reason: 'loads', seconds: 1 }],
    [402, { type: 'result', status: 'done', exitReason: 'done', paths: {} }],
  ])
  await reporter.close()
  await reporter.close()
  expect(screen().split('\n').slice(-2)).toEqual([
    '✔ train ControlNet   300 steps                                                           6 min 11 s',
    '✔ verify model       loads                                                                      1 s',
  ])
  // eslint-disable-next-line no-control-regex
  expect(writes.join('')).toMatch(/\n\u001b\[\?25h\n$/)
})

test('closed before anything was drawn', async () => {
  const { reporter, screen } = await open()
  await reporter.close()
  expect(screen()).toMatch(/^face-landmarks → .*$/)
})

test('warnings, and words about the whole run, stay below the stage in which they came', async () => {
  const { reporter, play, screen } = await open()
  play([
    ...annotating,
    [17, { type: 'warning', code: 'odd', message: 'Something is odd.\nLook at \u001b[2Jevil\u0007.png.' }],
    [18, { type: 'log', stage: null, message: 'Stopping. What is finished stays.' }],
  ])
  await soon(() => expect(screen()).toContain('What is finished stays.'))
  const said = ['  ! Something is odd.', '    Look at evil\ufffd.png.', '  Stopping. What is finished stays.']
  expect(screen().split('\n').slice(4)).toEqual([
    ...said,
    '  write dataset',
    '  train ControlNet',
    '  verify model',
  ])
  play([[20, { type: 'result', status: 'stopped', exitReason: 'stopped', paths: {} }]])
  await reporter.close()
  expect(screen().split('\n').slice(2)).toEqual([
    '■ annotate images    stopped at 688 of 1,204 pictures                                          20 s',
    ...said,
  ])
})

test('a stage keeps its last 40 lines of warnings, and tells how many went', async () => {
  const { reporter, play, screen } = await open()
  play(annotating)
  for (let index = 1; index <= 1234; index++) {
    play([[17, { type: 'warning', code: 'odd', message: `Odd thing ${index}.` }]])
  }
  play([[20, failed]])
  await reporter.close()
  const lines = screen().split('\n').slice(3)
  expect(lines).toHaveLength(40)
  expect([lines[0], lines[1], lines.at(-1)]).toEqual([
    '  (1,195 earlier lines)',
    '  ! Odd thing 1196.',
    '  ! Odd thing 1234.',
  ])
})

test('a narrower terminal: nothing broken stays, and the lines fit anew', async () => {
  const { play, screen, resize } = await open()
  play(training)
  await soon(() => expect(screen()).toContain('step 69'))
  resize(60)
  await soon(() => expect(screen()).not.toContain('9.1 s/step'))
  const lines = screen().split('\n').slice(2)
  expect(lines.filter((line) => line.includes('train ControlNet'))).toHaveLength(1)
  expect(lines.at(-2)).toBe('                     next: previews and checkpoint at 72')
  expect(Math.max(...lines.slice(-3).map((line) => line.length))).toBeLessThan(60)
})

test('it draws at most eight times a second', async () => {
  const { play, writes } = await open()
  play(annotated)
  await soon(() => expect(writes.join('')).toContain('verify model'))
  writes.length = 0
  const before = performance.now()
  for (let step = 1; step <= 300; step++) {
    play([[30 + step, { type: 'train-step', step, total: 300, loss: 0.1, lr: 1e-5 }]])
    await wait(4)
  }
  const seconds = (performance.now() - before) / 1000
  const frames = writes.filter((text) => text.includes('train ControlNet')).length
  expect(frames).toBeGreaterThan(2)
  expect(frames).toBeLessThanOrEqual(Math.ceil(seconds * 8) + 1)
})

test('nobody is asked to end the program at Ctrl-C', async () => {
  const before = process.listeners('SIGINT').map(String)
  const { play, screen } = await open()
  play(annotated)
  await soon(() => expect(screen()).toContain('train ControlNet'))
  const added = process
    .listeners('SIGINT')
    .map(String)
    .filter((one) => !before.includes(one))
  expect(added.join('\n')).not.toContain('signalHandler')
})

test('100,000 events: flat memory, little time', { timeout: 120_000 }, async () => {
  const { reporter, play, writes } = await open()
  play(annotated)
  const burst = (from: number, to: number): void => {
    for (let step = from; step <= to; step++) {
      play([[30 + step / 10, { type: 'train-step', step, total: 100_000, loss: 0.1, lr: 1e-5 }]])
      if (step % 1000 === 0)
        play([[30 + step / 10, { type: 'warning', code: 'odd', message: `Odd ${step}.` }]])
    }
  }
  burst(1, 20_000)
  await soon(() => expect(writes.join('')).toContain('step 20,000'))
  writes.length = 0
  const before = heapBytes()
  const started = process.cpuUsage()
  for (let from = 20_001; from < 100_000; from += 10_000) {
    burst(from, from + 9_999)
    await wait(130)
    writes.length = 0
  }
  const { user, system } = process.cpuUsage(started)
  const grown = heapBytes() - before
  await reporter.close()
  expect(grown).toBeLessThan(8e6)
  expect((user + system) / 80_000).toBeLessThan(200)
})

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}
