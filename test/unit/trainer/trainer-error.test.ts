import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { parseDiffusersLog } from '../../../src/trainer/log/diffusers-log.ts'
import { findCause } from '../../../src/trainer/verdicts/trainer-cause.ts'
import { trainerError } from '../../../src/trainer/verdicts/trainer-error.ts'
import { planContext } from '../../../src/plan/build-plan.ts'
import { bareFacts, config, makeGpu } from '../plan/facts.ts'
import { told } from '../told.ts'
import { parseWhole, readLog } from './recorded-logs.ts'

function linesOf(name: string): string[] {
  const { lines } = parseWhole(parseDiffusersLog(), [readLog(name)])
  return lines.filter(({ bar }) => !bar).map(({ text }) => text)
}

const failure = (lines: readonly string[], train: Record<string, unknown> = {}) => ({
  settings: planContext(config({ train }), { ...bareFacts, gpus: [makeGpu()] }).training.settings,
  config: config({ train }),
  lines,
  exitCode: 1,
  signal: null,
  command: 'python launch.py',
  logPath: 'logs/attempt-001.stderr.log',
  step: 12,
})

describe('the cause in a recording', () => {
  it.each([
    ['missing-column', /^ValueError: `--caption_column` value 'caption' not found in dataset columns/],
    ['validation-missing', /^FileNotFoundError: \[Errno 2\] No such file or directory: 'val\/nope\.png'$/],
    ['bad-flag', /^train_controlnet\.py: error: unrecognized arguments: --nope=1$/],
    ['killed', /^$/],
    ['worker-killed', /^$/],
    ['previews', /^$/],
  ])('%s', (name, cause) => {
    expect(findCause(linesOf(name))).toMatch(cause)
  })
})

describe('the error that a failure becomes', () => {
  it.each([
    ['missing-column', 'trainer-data', /can't read the dataset: ValueError: `--caption_column` value/],
    ['killed', 'trainer-killed', /killed from outside after step 12/],
    ['worker-killed', 'trainer-killed', /killed from outside after step 12/],
  ])('%s', (name, code, message) => {
    const error = trainerError(failure(linesOf(name)))
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({ code, reason: null, message: expect.stringMatching(message) as string })
  })

  it('of an unknown kind: the cause, the last lines before the launcher’s own traceback, the log', () => {
    const error = trainerError(failure(linesOf('validation-missing')))
    expect(error).toMatchObject({
      message:
        "Training failed at step 12 (exit code 1): FileNotFoundError: [Errno 2] No such file or directory: 'val/nope.png'",
      reason: 'training',
      logPath: 'logs/attempt-001.stderr.log',
    })
    const shown = 'lastLines' in error ? error.lastLines : []
    expect(shown.at(-1)).toMatch(/^FileNotFoundError/)
    expect(shown.length).toBeLessThanOrEqual(20)
  })

  // Texts as PyTorch's and NVIDIA's sources print them; no GPU was at hand.
  it.each([
    [
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.77 GiB of which 1.2 GiB is free.',
      'gpu-memory',
      'Training ran out of GPU memory after step 12: it asked for 2.00 GiB more; the card has 15.77 GiB.',
    ],
    [
      'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.79 GiB total capacity; …)',
      'gpu-memory',
      'Training ran out of GPU memory after step 12: it asked for 20.00 MiB more.',
    ],
    [
      'RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`',
      'gpu-memory',
      'Training ran out of GPU memory after step 12.',
    ],
    ['OSError: [Errno 28] No space left on device', 'disk-full', 'The disk is full (after step 12).'],
    [
      "OSError: [Errno 122] Disk quota exceeded: '/runs/a/output'",
      'disk-full',
      'Your disk quota is used up (after step 12).',
    ],
    [
      'safetensors_rust.SafetensorError: Error while serializing: I/O error: Disk quota exceeded (os error 122)',
      'disk-full',
      'Your disk quota is used up (after step 12).',
    ],
    [
      "OSError: [Errno 30] Read-only file system: '/runs/a/output'",
      'not-writable',
      'The file system is read-only (after step 12).',
    ],
    [
      'OSError: [Errno 27] File too large',
      'file-too-large',
      'A file became larger than the file system, or a limit of your shell (ulimit -f), allows (after step 12).',
    ],
    [
      'OSError: [Errno 5] Input/output error',
      'disk-fault',
      'The disk, or the connection to it, failed (after step 12).',
    ],
    [
      'OSError: [Errno 116] Stale file handle',
      'disk-gone',
      'A disk or network share is not there any more (after step 12).',
    ],
    [
      'RuntimeError: [enforce fail at inline_container.cc:672] . unexpected pos 5800448 vs 5800336',
      'disk-full',
      'The disk is full (after step 12).',
    ],
    [
      'RuntimeError: The NVIDIA driver on your system is too old (found version 11040).',
      'gpu-driver',
      "The GPU can't be used with this build of torch: RuntimeError: The NVIDIA driver on your system is too old (found version 11040).",
    ],
    [
      "ModuleNotFoundError: No module named 'diffusers'",
      'missing-package',
      "The Python environment is not complete: ModuleNotFoundError: No module named 'diffusers'",
    ],
    [
      'RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error.',
      'shared-memory',
      'The data workers have too little shared memory.',
    ],
  ])('%s', (line, code, message) => {
    const error = trainerError(failure(['Traceback (most recent call last):', '  File "x"', line]))
    expect(error).toMatchObject({ code, message })
    expect(error.hint).toContain('log: logs/attempt-001.stderr.log')
  })

  it('GPU memory has its own exit code', () => {
    expect(trainerError(failure(['torch.OutOfMemoryError: CUDA out of memory.'])).reason).toBe('gpu-memory')
  })

  const others = 'See with nvidia-smi whether other programs use the card.'
  const log = '\nlog: logs/attempt-001.stderr.log'

  it.each<[Record<string, unknown>, string]>([
    [{}, 'train --set train.preset=16gb'],
    [{ preset: '16gb' }, 'train --set train.preset=8gb'],
    [
      { train_batch_size: 2, gradient_accumulation_steps: 1 },
      'train --set train.gradient_checkpointing=true',
    ],
  ])('a run with %j that needs too much memory is told what takes less', (train, command) => {
    const error = trainerError(failure(['torch.OutOfMemoryError: CUDA out of memory.'], train))
    expect(told(error.hint)).toBe(
      `${others} Less memory, and the same is learned: controlnet-kit ${command}${log}`,
    )
  })

  it('a run that can’t take less is told so', () => {
    const train = { train_batch_size: 1, gradient_checkpointing: true }
    const error = trainerError(failure(['torch.OutOfMemoryError: CUDA out of memory.'], train))
    expect(told(error.hint)).toBe(
      `${others} No other setting takes less: --set train.preset=cpu trains on the CPU.${log}`,
    )
  })

  it.each([
    [
      {},
      'Close other programs, then: controlnet-kit resume. Or decode pictures in one process: controlnet-kit train --set train.dataloader_num_workers=0',
    ],
    [{ dataloader_num_workers: 0 }, 'Close other programs, then: controlnet-kit resume'],
  ])('a trainer that was killed, with %j', (train, hint) => {
    expect(told(trainerError(failure(linesOf('killed'), train)).hint)).toBe(`${hint}${log}`)
  })
})
