import { expect, it } from 'vitest'
import { isStackDump, readStackDump } from '../../../../src/trainer/watch/stack-dump.ts'

/** As faulthandler printed it for the launcher, the trainer and a data worker, all three started through launch.py. */
const DUMP = `Current thread 0x00007f2a31d2b740 [python] (most recent call first):
  File "/usr/lib/python3.11/subprocess.py", line 2053 in _try_wait
  File "/usr/lib/python3.11/subprocess.py", line 1264 in wait
  File "/venv/lib/python3.11/site-packages/accelerate/commands/launch.py", line 996 in simple_launcher
  File "/kit/python/launch.py", line 103 in run_accelerate
  File "/kit/python/launch.py", line 123 in main
  File "/kit/python/launch.py", line 129 in <module>
Thread 0x00007f29a77fe6c0 [python] (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 331 in wait
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap
Current thread 0x00007f4a11b2b740 [python] (most recent call first):
  File "/venv/lib/python3.11/site-packages/torch/autograd/graph.py", line 865 in _engine_run_backward
  File "/venv/lib/python3.11/site-packages/torch/autograd/__init__.py", line 366 in backward
  File "/venv/lib/python3.11/site-packages/torch/_tensor.py", line 630 in backward
  File "/inputs/train_controlnet.py", line 1125 in main
  File "/kit/python/launch.py", line 100 in run_script
  File "/kit/python/launch.py", line 129 in <module>`.split('\n')

it('every line of a stack dump is known for one', () => {
  expect(DUMP.filter((line) => !isStackDump(line))).toEqual([])
})

it.each([
  'Traceback (most recent call last):',
  '  File "/inputs/train_controlnet.py", line 1125, in main',
  'Thread 0 ended',
])('no line of one: %s', (line) => {
  expect(isStackDump(line)).toBe(false)
})

it('the place at which the trainer stands, without the launcher’s and other threads’', () => {
  expect(readStackDump(DUMP)).toEqual([
    'autograd/graph.py:865 in _engine_run_backward, called by autograd/__init__.py:366 in backward, called by torch/_tensor.py:630 in backward',
  ])
})
