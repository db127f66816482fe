import { describe, expect, it } from 'vitest'
import { kitCommand } from '../../../../src/next-step.ts'
import { planModelParts } from '../../../../src/trainer/base-model/model-parts.ts'
import { findSmallerSettings } from '../../../../src/presets/smaller-settings.ts'
import { planContext } from '../../../../src/plan/build-plan.ts'
import { judgeFailure } from '../../../../src/trainer/verdicts/trainer-verdict.ts'
import { bareFacts, config, makeGpu } from '../../plan/facts.ts'
import { told } from '../../told.ts'

const judge = (
  lines: readonly string[],
  {
    train = {},
    roomBytes = null,
    signal = null,
    environment = {},
  }: {
    train?: Record<string, unknown>
    roomBytes?: number | null
    signal?: string | null
    environment?: Record<string, unknown>
  } = {},
) =>
  judgeFailure({
    settings: planContext(config({ train }), { ...bareFacts, gpus: [makeGpu()] }).training.settings,
    config: config({ train, environment }),
    ...{ lines, roomBytes, signal },
    exitCode: signal === null ? 1 : null,
    command: 'python launch.py',
    logPath: 'logs/attempt-001.stderr.log',
    step: 12,
  })

const LOG = '\nlog: logs/attempt-001.stderr.log'
const RESUME = 'controlnet-kit resume'

/** What the builtin engine says of itself, and its libraries of full disks. */
const BUILTIN: readonly (readonly [line: string, code: string])[] = [
  ["train.py: error: /r/output/checkpoint-8 can't be loaded: RuntimeError: x", 'checkpoint-damaged'],
  ['train.py: error: /r/output/checkpoint-8 is no checkpoint: it has no state.json', 'checkpoint-damaged'],
  [
    'train.py: error: the checkpoint was made with 12 rows, the dataset has 13: train anew',
    'checkpoint-other',
  ],
  ['train.py: error: /d has no split `train`, only validation', 'dataset-shape'],
  ['train.py: error: the split `train` of /d is empty', 'dataset-shape'],
  ['train.py: error: --caption_column: no column text in /d; it has image', 'dataset-shape'],
  ['train.py: error: --train_data_dir: there is no folder /d', 'dataset-missing'],
  ['train.py: error: --validation_image: there is no file /c.png', 'preview-picture'],
  ['train.py: error: /b: its UNet expects another text encoder (1024 wide)', 'base-model-mismatch'],
  ['train.py: error: /b predicts `sample`; expected one of epsilon', 'base-model-mismatch'],
  ['train.py: error: --use_8bit_adam needs the package bitsandbytes: x', 'missing-package'],
  ['train.py: error: --mixed_precision=fp16 needs a GPU; on the CPU use no or bf16', 'precision-unsupported'],
  ['train.py: error: unrecognized arguments: --nope=1', 'trainer-flags'],
  [
    'train.py: error: could not write /r/checkpoint-4 (0 MB free): SafetensorError: I/O error: No space left on device (os error 28)',
    'disk-full',
  ],
  [
    'train.py: error: /c needs 4.1 GB: No space left on device. Train without the cache, or make room',
    'disk-full',
  ],
]

describe('the builtin engine’s own errors', () => {
  it.each(BUILTIN)('%s', (line, code) => {
    expect(judge([line]).error).toMatchObject({ code })
  })
})

/** Errors of the system that need hardware to record. */
it.each([
  [
    "OSError: [Errno 122] Disk quota exceeded: '/runs/a/output'",
    'Your disk quota is used up (after step 12).',
  ],
  ['OSError: [Errno 5] Input/output error', 'The disk, or the connection to it, failed (after step 12).'],
  [
    'OSError: [Errno 116] Stale file handle',
    'A disk or network share is not there any more (after step 12).',
  ],
])('%s', (line, message) => {
  const { error } = judge(['Traceback (most recent call last):', '  File "x"', line])
  expect(error.message).toBe(message)
  expect(told(error.hint)).toMatch(
    /, then: controlnet-kit resume\nThe newest checkpoint may be unfinished; it is left out\.\nlog: /,
  )
})

describe('what is missing from the environment', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'accelerate'", 'missing-package'],
    ['ImportError: libcudart.so.13: cannot open shared object file: No such file', 'cuda-library'],
  ])('%s', (line, code) => {
    const hintFor = (kind: string) => {
      const { error } = judge(['Traceback (most recent call last):', '  File "x"', line], {
        environment: { kind },
      })
      expect(error).toMatchObject({ code, reason: 'environment' })
      return told(error.hint)
    }
    expect(hintFor('venv')).toBe(`The environment is made anew by: ${RESUME}${LOG}`)
    expect(hintFor('current')).toBe(`Mend your own environment (environment.python), then: ${RESUME}${LOG}`)
  })
})

const OOM = 'torch.OutOfMemoryError: CUDA out of memory.'
const OTHERS = 'See with nvidia-smi whether other programs use the card.'

describe('GPU memory', () => {
  it('has its own exit code', () => {
    expect(judge([OOM]).error.reason).toBe('gpu-memory')
  })

  it.each<[Record<string, unknown>, string]>([
    [{}, 'train --set train.preset=16gb'],
    [{ preset: '16gb' }, 'train --set train.preset=8gb'],
    [
      { train_batch_size: 2, gradient_accumulation_steps: 1 },
      'train --set train.gradient_checkpointing=true',
    ],
  ])('a run with %j is told what takes less', (train, command) => {
    expect(told(judge([OOM], { train }).error.hint)).toBe(
      `${OTHERS} Less memory, and the same is learned: controlnet-kit ${command}${LOG}`,
    )
  })

  it('what takes less fits the memory that there was', () => {
    const of = config()
    const { settings } = planContext(of, { ...bareFacts, gpus: [makeGpu()] }).training
    const input = { settings, config: of, model: planModelParts(of, {}), keepsOptimiser: true }
    const first = findSmallerSettings({ ...input, roomBytes: null })!
    const roomBytes = first.neededBytes - 1
    const fitting = findSmallerSettings({ ...input, roomBytes })!
    expect(fitting.neededBytes).toBeLessThan(first.neededBytes)
    const hint = judge([OOM], { roomBytes }).error.hint
    expect(told(hint)).toContain(told(kitCommand('train', { set: fitting.set })))
  })

  it('a run that can’t take less is told so', () => {
    const train = { train_batch_size: 1, gradient_checkpointing: true }
    expect(told(judge([OOM], { train }).error.hint)).toBe(
      `${OTHERS} No other setting takes less: --set train.preset=cpu trains on the CPU.${LOG}`,
    )
  })
})

describe('the cause', () => {
  const WARNING = 'UserWarning: CUDA initialization: Found no NVIDIA driver on your system.'
  const TRACEBACK = ['Traceback (most recent call last):', '  File "x", line 1, in main']

  it('an old warning is none', () => {
    const { error } = judge([WARNING, ...TRACEBACK, 'ValueError: something else'])
    expect(error.message).toBe('Training failed at step 12 (exit code 1): ValueError: something else')
  })

  it('an error that was caught is none, where a signal ended the trainer', () => {
    const caught = [...TRACEBACK, 'OSError: [Errno 28] No space left on device', 'going on']
    const launcher = [...TRACEBACK, '  File "/venv/accelerate/commands/launch.py", line 1, in main']
    const died = "subprocess.CalledProcessError: Command '[…]' died with <Signals.SIGKILL: 9>."
    const { error } = judge([...caught, ...launcher, died])
    expect(error).toMatchObject({ code: 'trainer-killed' })
  })

  it('an error that Python ignores at its end is none', () => {
    const ignored = ['Exception ignored in: <function f at 0x1>', ...TRACEBACK, 'OSError: [Errno 28] x']
    const { error } = judge([...TRACEBACK, 'torch.OutOfMemoryError: CUDA out of memory.', ...ignored])
    expect(error).toMatchObject({ code: 'gpu-memory' })
  })

  it('what led to an error counts, what came long before it does not', () => {
    const first = [...TRACEBACK, 'OSError: [Errno 28] No space left on device']
    const link = ['', 'During handling of the above exception, another exception occurred:', '']
    const last = [...TRACEBACK, 'RuntimeError: could not save']
    expect(judge([...first, ...link, ...last]).error).toMatchObject({ code: 'disk-full' })
    expect(judge([...first, 'going on', ...last]).error).not.toMatchObject({ code: 'disk-full' })
  })

  it('of two processes, the one that did not only lose the other', () => {
    const lost =
      '[rank0]: RuntimeError: [gloo/transport/tcp/pair.cc:538] Connection closed by peer [127.0.0.1]:4'
    const own = TRACEBACK.map((line) => `[rank1]: ${line}`)
    const { error } = judge([...own, '[rank1]: MemoryError', lost])
    expect(error).toMatchObject({ code: 'host-memory' })
  })
})

describe('a failure of no known kind', () => {
  it('shows the error, the last lines before the launcher’s own traceback, the log and a command', () => {
    const own = ['Traceback (most recent call last):', '  File "a.py", line 1, in main', 'KeyError: 7']
    const launcher = [
      'Traceback (most recent call last):',
      '  File "/venv/accelerate/commands/launch.py", line 1, in main',
      "subprocess.CalledProcessError: Command '[…]' returned non-zero exit status 1.",
    ]
    const { error, repair, stop } = judge([...own, ...launcher])
    expect({ ...error, message: error.message, hint: told(error.hint), repair, stop }).toMatchObject({
      message: 'Training failed at step 12 (exit code 1): KeyError: 7',
      reason: 'training',
      lastLines: own,
      logPath: 'logs/attempt-001.stderr.log',
      hint: `Try once more: ${RESUME}`,
      repair: null,
      stop: null,
    })
  })

  it.each([
    [['goodbye'], 'Training failed at step 12 (exit code 1): goodbye'],
    [[], 'Training failed at step 12 (exit code 1): it printed nothing'],
  ])('without an error, its last line: %j', (lines, message) => {
    expect(judge(lines).error.message).toBe(message)
  })
})

it.each([
  [
    {},
    `Close other programs, then: ${RESUME}\nOr read the pictures in one process: controlnet-kit train --set train.dataloader_num_workers=0`,
  ],
  [{ dataloader_num_workers: 0 }, `Close other programs, then: ${RESUME}`],
])('a trainer that was killed, with %j', (train, hint) => {
  expect(told(judge([], { train, signal: 'SIGKILL' }).error.hint)).toBe(`${hint}${LOG}`)
})
