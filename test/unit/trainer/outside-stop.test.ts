import { describe, expect, it } from 'vitest'
import { findOutsideStop } from '../../../src/trainer/verdicts/outside-stop.ts'
import { readLog, recordings } from './recorded-logs.ts'

const died = (name: string): string =>
  `subprocess.CalledProcessError: Command '['python', 'train.py']' died with <Signals.${name}: 1>.`
const told = (signal: number): string =>
  `torch.distributed.elastic.multiprocessing.api.SignalException: Process 19216 got signal: ${signal}`
const rootCause = (code: number): string[] => [
  'Failures:',
  '  exitcode  : -15 (pid: 19635)',
  'Root Cause (first observed failure):',
  '[0]:',
  '  rank      : 1 (local_rank: 1)',
  `  exitcode  : ${code} (pid: 19636)`,
]

describe('a trainer that somebody else ended', () => {
  it.each([
    ['the launcher, SIGTERM', { signal: 'SIGTERM', lines: [] }, 'SIGTERM'],
    ['the launcher, Ctrl-C', { signal: 'SIGINT', lines: ['KeyboardInterrupt'] }, 'SIGINT'],
    ['the launcher, SIGKILL', { signal: 'SIGKILL', lines: [] }, null],
    ['the trainer, SIGTERM', { signal: null, lines: [died('SIGTERM')] }, 'SIGTERM'],
    ['the trainer, Ctrl-C', { signal: null, lines: [died('SIGINT')] }, 'SIGINT'],
    ['the trainer, a closed terminal', { signal: null, lines: [died('SIGHUP')] }, 'SIGTERM'],
    ['the trainer, want of memory', { signal: null, lines: [died('SIGKILL')] }, null],
    ['the trainer, a crash', { signal: null, lines: [died('SIGSEGV')] }, null],
    ['the launcher of several, SIGTERM', { signal: null, lines: [told(15)] }, 'SIGTERM'],
    ['the launcher of several, Ctrl-C', { signal: null, lines: [told(2)] }, 'SIGINT'],
    ['one of several, SIGTERM', { signal: null, lines: rootCause(-15) }, 'SIGTERM'],
    [
      'one of several, SIGKILL: the others are only its victims',
      { signal: null, lines: rootCause(-9) },
      null,
    ],
    ['an error of its own', { signal: null, lines: ['ValueError: SIGTERM'] }, null],
  ])('%s', (_, ended, expected) => {
    expect(findOutsideStop(ended)).toBe(expected)
  })

  it.each(recordings)('the recording %s', (name) => {
    const lines = readLog(name).split('\n')
    expect(findOutsideStop({ signal: null, lines })).toBe(null)
  })
})
