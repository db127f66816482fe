import { expect, it } from 'vitest'
import type { Plan } from '../../../src/types.ts'
import { diskLines, timeLines } from '../../../src/ui/estimate-lines.ts'
import { examplePlan } from './example-plan.ts'

const text = (lines: readonly (readonly unknown[])[]): string[] =>
  lines.map((line) => line.map((span) => (Array.isArray(span) ? String(span[1]) : String(span))).join(''))

const part = (name: string, expected_s: number) => ({
  name,
  low_s: expected_s / 2,
  expected_s,
  high_s: expected_s * 2,
})

const TIME: NonNullable<Plan['time']> = {
  ...{ basis: 'table', low_s: 1980, expected_s: 2460, high_s: 3480 },
  parts: [part('set-up', 240), part('training', 1920), part('previews', 120), part('verification', 180)],
}

it('tells the whole, its parts and how it is known', () => {
  expect(text(timeLines({ ...examplePlan, time: TIME }, 86))).toEqual([
    'about 41 min (33–58 min)',
    'set-up 4 min · training 32 min · previews 2 min · verification 3 min   from a table',
  ])
  const hours = { ...TIME, low_s: 3000, high_s: 9000, parts: [] }
  expect(text(timeLines({ ...examplePlan, time: { ...hours, basis: 'history' } }, 86))).toEqual([
    'about 41 min (50 min – 2 h 30 min)   as fast as earlier runs here',
  ])
})

it('says nothing of a time that is not known, and of nothing to do', () => {
  expect(timeLines({ ...examplePlan, time: null }, 86)).toEqual([])
  expect(timeLines({ ...examplePlan, time: { ...TIME, low_s: 0, expected_s: 0, high_s: 0 } }, 86)).toEqual([])
})

it('has a line for each disk, red where it does not fit', () => {
  const parts = [
    { name: '4 checkpoints', bytes: 17.4e9 },
    { name: 'base model', bytes: 4.3e9 },
  ]
  const one = { path: '/data/runs', free_bytes: 214e9, needed_bytes: 21.7e9, fits: true, parts }
  expect(diskLines({ ...examplePlan, disk: [one] }, 86)).toEqual([
    ['22 GB of 214 GB free   4 checkpoints 17 GB · base model 4.3 GB'],
  ])
  const full = { ...one, path: '/cache', free_bytes: 2e9, fits: false }
  expect(diskLines({ ...examplePlan, disk: [one, full] }, 60)).toEqual([
    ['22 GB of 214 GB free on the disk of /data/runs'],
    ['4 checkpoints 17 GB · base model 4.3 GB'],
    [['bad', '22 GB of 2.0 GB free on the disk of /cache']],
    [['bad', '4 checkpoints 17 GB · base model 4.3 GB']],
  ])
})
