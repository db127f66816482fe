import { expect, test } from 'vitest'
import { formatFetchStep, showFetching, type FetchStep } from '../../../src/ui/fetch-line.ts'
import { formatAbout, formatModelTable } from '../../../src/ui/model-table.ts'

const bytes = { step: 'fetching w.pt', unit: 'bytes' }

test.each([
  [{ ...bytes, done: 120e6, total: 254e6 }, 'fetching w.pt  120 MB of 254 MB  47 %'],
  [{ ...bytes, done: 5e6, total: null }, 'fetching w.pt  5.0 MB'],
  [{ step: 'making it', unit: 'packages', done: 3, total: 16 }, 'making it  3 of 16 packages  18 %'],
  [{ step: 'exporting', unit: 'steps', done: 0, total: null }, 'exporting'],
])('%j', (step, text) => {
  expect(formatFetchStep(step)).toBe(text)
})

function written(isTTY: boolean, steps: readonly [atMs: number, step: FetchStep][]): string {
  let text = ''
  let clock = 0
  const stream = { isTTY, columns: 80, write: (more: string) => ((text += more), true) }
  const shown = showFetching({
    stream: stream as unknown as NodeJS.WriteStream,
    quiet: false,
    now: () => clock,
  })
  for (const [at, step] of steps) {
    clock = at
    shown.report(step)
  }
  shown.close()
  return text
}

const STEPS: [number, FetchStep][] = [
  [0, { ...bytes, done: 1e6, total: 4e6 }],
  [50, { ...bytes, done: 2e6, total: 4e6 }],
  [11_000, { ...bytes, done: 3e6, total: 4e6 }],
  [11_010, { step: 'exporting', done: 0, total: null, unit: 'steps' }],
]

test('in a log: a line for each step, and now and then one more', () => {
  expect(written(false, STEPS)).toBe(
    'fetching w.pt  1.0 MB of 4.0 MB  25 %\nfetching w.pt  3.0 MB of 4.0 MB  75 %\nexporting\n',
  )
})

test('on a terminal: one line for each step, drawn anew', () => {
  expect(written(true, STEPS).replaceAll('\r\u001b[2K', '<')).toBe(
    '<fetching w.pt  1.0 MB of 4.0 MB  25 %<fetching w.pt  3.0 MB of 4.0 MB  75 %\n<exporting\n',
  )
})

test('the table and what is asked', () => {
  const model = { name: 'spiga', title: 'finds landmarks', downloadBytes: 254e6, licence: 'BSD' }
  const look = { color: false, columns: 80 }
  const cached = { folder: '/cache/spiga', sizeBytes: 209e6 }
  expect(formatModelTable([{ model, cached: null }], look)).toBe(
    'spiga  finds landmarks\n       licence: BSD\n       not fetched; 254 MB to fetch',
  )
  expect(formatModelTable([{ model, cached }], look).split('\n')[2]).toBe(
    '       ready, 209 MB  /cache/spiga',
  )
  expect(formatAbout({ about: ['What it is.'], terms: 'Be good.' }, look)).toBe(
    'What it is.\n\nTerms: Be good.',
  )
})
