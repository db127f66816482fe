/** An error that gets another reason or other words keeps everything else. */
import { expect, test } from 'vitest'
import { stoppedBy, StoppedError, ToolError, UserError, withReason } from '../../src/errors.ts'

const cause = new Error('EIO')
const PROBLEM = { where: 'face.yaml:14:15', path: 'dataset.resolution', message: 'expected a multiple of 8' }
const USER = { problems: [PROBLEM], hint: 'controlnet-kit models fetch spiga', code: 'spiga-missing', cause }
const TOOL = {
  command: 'python train.py',
  exitCode: null,
  signal: 'SIGKILL',
  lastLines: ['Killed'],
  logPath: 'runs/x/logs/attempt-001.stderr.log',
  hint: 'Close other programs',
  cause,
}

const all = (error: unknown) => ({
  ...(error as Error),
  cause: (error as Error).cause,
  message: (error as Error).message,
})

test.each([
  ['a UserError', new UserError('No.', USER), UserError],
  ['a ToolError', new ToolError('Failed.', TOOL), ToolError],
])('%s without a reason gets it, and keeps the rest', (_what, error, kind) => {
  const found = withReason(error, 'environment')
  expect(found).toBeInstanceOf(kind)
  expect(all(found)).toEqual({ ...all(error), reason: 'environment' })
})

test.each([
  new UserError('No.', { ...USER, reason: 'integrity' }),
  new ToolError('Failed.', { ...TOOL, reason: 'gpu-memory' }),
  new StoppedError('SIGINT', true),
  new TypeError('a bug'),
  'a string',
])('%s stays as it is', (error) => {
  expect(withReason(error, 'environment')).toBe(error)
})

test('other words: what is not named stays', () => {
  const error = new UserError('No.', USER)
  expect(all(error.with({ code: 'other', hint: null }))).toEqual({ ...all(error), code: 'other', hint: null })
  const tool = new ToolError('Failed.', TOOL)
  expect(all(tool.with({ logPath: 'y.log' }))).toEqual({ ...all(tool), logPath: 'y.log' })
})

test.each([
  ['SIGTERM', true, { signal: 'SIGTERM', resumable: true }],
  ['SIGINT', false, { signal: 'SIGINT', resumable: false }],
  ['now', false, { signal: 'SIGINT', resumable: false }],
])('an abort for %s is a stop (resumable: %s)', (reason, resumable, expected) => {
  expect(stoppedBy(AbortSignal.abort(reason), resumable)).toMatchObject(expected)
})
