import { expect, it } from 'vitest'
import { parseBuiltinLog } from '../../../../src/trainer/log/builtin-log.ts'
import { parseWhole } from '../recorded-logs.ts'

const read = (text: string) => parseWhole(parseBuiltinLog(), [text]).events

it('the events of a run', () => {
  const lines = [
    '{"type": "device", "device": "cuda", "precision": "bf16"}',
    '{"type": "started", "rows": 60, "total": 8, "effective_batch": 4, "num_processes": 1, "step": 4}',
    'some other line',
    '{"type": "train-step", "step": 5, "total": 8, "loss": 0.51, "lr": 1e-05, "seconds": 0.2}',
    '{"type": "train-step", "step": 6, "total": 8, "loss": NaN, "lr": 1e-05, "seconds": 0.2}',
    '{"type": "checkpoint-saved", "step": 6, "path": "output/checkpoint-6"}',
    '{"type": "validation-loss", "step": 6, "loss": 0.25}',
    '{"type": "validation-loss", "step": 8, "loss": NaN}',
    '{"type": "sample", "step": 6, "path": "samples/6.png", "prompt": "a face", "condition": "validation/000.png"}',
    '{"type": "from the future"}',
    '{"type": "torn',
    '{"type": "finished", "step": 8}',
  ]
  expect(read(lines.join('\n'))).toEqual([
    { type: 'fact', name: 'device', value: 'cuda' },
    { type: 'fact', name: 'precision', value: 'bf16' },
    { type: 'fact', name: 'processes', value: 1 },
    { type: 'fact', name: 'rows', value: 60 },
    { type: 'fact', name: 'effective_batch', value: 4 },
    { type: 'fact', name: 'total_steps', value: 8 },
    { type: 'resumed', step: 4 },
    { type: 'phase', phase: 'training' },
    { type: 'train-step', step: 5, total: 8, loss: 0.51, lr: 1e-5, seconds: 0.2 },
    { type: 'train-step', step: 6, total: 8, loss: null, lr: 1e-5, seconds: 0.2 },
    { type: 'checkpoint-saved', step: 6 },
    { type: 'validation-loss', step: 6, loss: 0.25 },
    { type: 'validation-loss', step: 8, loss: null },
    {
      ...{ type: 'sample', step: 6, path: 'samples/6.png' },
      ...{ prompt: 'a face', condition: 'validation/000.png' },
    },
    { type: 'phase', phase: 'finishing' },
  ])
})
