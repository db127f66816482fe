import { describe, expect, test } from 'vitest'
import { StoppedError, ToolError, UserError } from '../../../src/errors.ts'
import type { Invocation } from '../../../src/next-step.ts'
import { told } from '../told.ts'
import { errorDocument, exitCodeOf, exitReasonOf, formatError } from '../../../src/ui/print-error.ts'

const plain = { color: false }

const twoProblems = new UserError('face.yaml has 2 problems', {
  problems: [
    { where: 'face.yaml:14:15', path: 'dataset.resolution', message: 'expected a multiple of 8, got 500' },
    { where: 'face.yaml:3:3', path: 'base_model.rep', message: 'unknown key; did you mean base_model.repo?' },
  ],
  hint: 'Mend them, then: controlnet-kit plan face.yaml',
})

const failedInstall = new ToolError('pip could not install the packages.', {
  command: 'python -m pip install -r python/lock.txt',
  exitCode: 1,
  signal: null,
  lastLines: ['Collecting torch', 'ERROR: No matching distribution found for torch==2.13.0'],
  logPath: 'runs/latest/logs/pip.log',
  hint: 'Check the network, then run the same command again.',
  reason: 'environment',
})

describe('formatError', () => {
  test('aligns the columns of several problems', () => {
    expect(formatError(twoProblems, plain)).toBe(
      `
✖ face.yaml has 2 problems
  face.yaml:14:15  dataset.resolution  expected a multiple of 8, got 500
  face.yaml:3:3    base_model.rep      unknown key; did you mean base_model.repo?
→ Mend them, then: controlnet-kit plan face.yaml`.trim(),
    )
  })

  test('leaves out columns that nobody fills', () => {
    const error = new UserError('2 pictures have the same name.', {
      problems: [
        { where: 'photos/a/1.jpg', path: null, message: 'first' },
        { where: 'photos/b/1.jpg', path: null, message: 'second' },
      ],
    })
    expect(formatError(error, plain)).toBe(
      '✖ 2 pictures have the same name.\n  photos/a/1.jpg  first\n  photos/b/1.jpg  second',
    )
  })

  test('one very long place does not push the others away', () => {
    const error = new UserError('Two problems', {
      problems: [
        { where: `${'long/'.repeat(12)}a.yaml:1:1`, path: null, message: 'first' },
        { where: 'a.yaml:1:1', path: null, message: 'second' },
      ],
    })
    expect(formatError(error, plain)).toBe(
      `✖ Two problems\n  ${'long/'.repeat(12)}a.yaml:1:1  first\n  a.yaml:1:1  second`,
    )
  })

  test('indents what follows the first line of message and hint', () => {
    const error = new UserError('photos/ has no pictures.\nHEIC can’t be read here.', {
      hint: 'Export them as JPEG, then:\ncontrolnet-kit prepare',
    })
    expect(formatError(error, plain)).toBe(
      `
✖ photos/ has no pictures.
  HEIC can’t be read here.
→ Export them as JPEG, then:
  controlnet-kit prepare`.trim(),
    )
  })

  test('points to the help of the command when the usage is wrong and nothing better is known', () => {
    const error = new UserError('Unknown flag --bath.', { reason: 'usage' })
    expect(told(formatError(error, { color: false, command: 'train' }))).toBe(
      '✖ Unknown flag --bath.\n→ controlnet-kit train --help',
    )
  })

  test('a failed program shows its command, its end, its last lines and the log', () => {
    expect(formatError(failedInstall, plain)).toBe(
      `
✖ pip could not install the packages.
  python -m pip install -r python/lock.txt  (exit code 1)
  │ Collecting torch
  │ ERROR: No matching distribution found for torch==2.13.0
  The whole log: runs/latest/logs/pip.log
→ Check the network, then run the same command again.`.trim(),
    )
  })

  test.each([
    [{ exitCode: null, signal: 'SIGKILL' }, '(ended by SIGKILL)'],
    [{ exitCode: 137, signal: null }, '(exit code 137)'],
    [{ exitCode: null, signal: null }, '(did not start)'],
  ])('a program that ended with %o reads %s', (end, text) => {
    const error = new ToolError('It failed.', { command: 'python train.py', ...end })
    expect(formatError(error, plain)).toBe(`✖ It failed.\n  python train.py  ${text}`)
  })

  test('only a bug shows its stack, with its cause', () => {
    const text = formatError(new TypeError('x is not a function', { cause: new Error('the cause') }), {
      color: false,
      command: 'plan',
    })
    expect(text).toMatch(/^✖ A bug in controlnet-kit \(plan\): x is not a function\n {2}TypeError: x is not/)
    expect(text).toContain('print-error.test.ts')
    expect(text).toContain('the cause')
    expect(text).toMatch(/→ Please report it.*$/)
    expect(formatError('thrown text', plain)).toContain('✖ A bug in controlnet-kit: thrown text')
    expect(formatError(twoProblems, plain)).not.toContain('print-error.test.ts')
  })

  test('nothing of a file name steers the terminal', () => {
    const evil = 'a\u001b[2J\u001b]0;owned\u0007\u202egpj.exe\r\u009b31m.png'
    const error = new UserError(`${evil} is no picture.`, {
      problems: [{ where: evil, path: evil, message: evil }],
      hint: evil,
    })
    const text = formatError(error, plain)
    // eslint-disable-next-line no-control-regex
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(text).toContain('is no picture.')
  })

  test('colour is added to the same text', () => {
    const text = formatError(twoProblems, { color: true })
    expect(text.startsWith('\u001b[31m✖\u001b[39m \u001b[1mface.yaml has 2 problems\u001b[22m\n')).toBe(true)
    // eslint-disable-next-line no-control-regex
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(formatError(twoProblems, plain))
  })
})

test.each<[string, boolean, Partial<Invocation>, string]>([
  ['train', true, {}, 'Stopped. Go on with:  controlnet-kit resume'],
  [
    'train',
    true,
    { run: 'x/runs/1', folder: 'a b' },
    "Stopped. Go on with:  controlnet-kit resume x/runs/1 -C 'a b'",
  ],
  ['prepare', true, { config: 'face.yaml' }, 'Stopped. Go on with:  controlnet-kit prepare face.yaml'],
  [
    'train',
    false,
    { config: 'face.yaml', set: ['train.seed=7', 'name="a: b"'] },
    `Stopped. There is no whole checkpoint yet to go on from. Start again with:  controlnet-kit train face.yaml --set train.seed=7 --set 'name="a: b"'`,
  ],
  ['models', true, {}, 'Stopped. The same command goes on from there.'],
  ['env', true, {}, 'Stopped. The same command goes on from there.'],
  ['annotate', false, {}, 'Stopped. The same command starts again from the beginning.'],
])('stopping %s (resumable: %s) names the next command', (command, resumable, invocation, text) => {
  const stopped = new StoppedError('SIGINT', resumable)
  expect(told(formatError(stopped, { color: false, command }), invocation)).toBe(text)
})

test.each([
  [twoProblems, undefined, 'usage', 2],
  [new UserError('no face', {}), 'dataset' as const, 'dataset', 4],
  [new UserError('no folder', { reason: 'preflight' }), 'dataset' as const, 'preflight', 3],
  [failedInstall, 'training' as const, 'environment', 5],
  [new ToolError('x', { command: 'x', exitCode: 1, signal: null }), 'training' as const, 'training', 6],
  [new ToolError('x', { command: 'x', exitCode: 1, signal: null }), undefined, 'preflight', 3],
  [new StoppedError('SIGINT', true), undefined, 'stopped', 75],
  [new StoppedError('SIGINT', false), undefined, 'signal', 130],
  [new StoppedError('SIGTERM', false), undefined, 'signal', 143],
  [new TypeError('x'), 'training' as const, 'bug', 1],
  ['text', undefined, 'bug', 1],
])('%o in a stage that counts as %s ends as %s, exit %i', (error, stage, reason, code) => {
  expect(exitReasonOf(error, stage)).toBe(reason)
  expect(exitCodeOf(error, stage)).toBe(code)
})

describe('errorDocument', () => {
  test('lists the problems', () => {
    expect(errorDocument(twoProblems)).toEqual({
      v: 1,
      status: 'failed',
      exitReason: 'usage',
      problems: twoProblems.problems,
    })
  })

  test('makes one problem of an error without any', () => {
    expect(errorDocument(failedInstall)).toEqual({
      v: 1,
      status: 'failed',
      exitReason: 'environment',
      problems: [
        { where: 'runs/latest/logs/pip.log', path: null, message: 'pip could not install the packages.' },
      ],
    })
    expect(errorDocument(new StoppedError('SIGINT', true))).toMatchObject({
      status: 'stopped',
      exitReason: 'stopped',
    })
  })
})
