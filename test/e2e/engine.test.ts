import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { venvPython } from './venv.ts'

/** The builtin engine's tests are Python programs, since they speak about tensors; each asserts and exits with 0. */
const programs: [name: string, what: string][] = [
  [
    'loss_reference',
    'losses equal a loop written from the papers, for noise and velocity, with accumulation',
  ],
  ['exact_resume', 'killed in mid epoch and resumed: the weights of an uninterrupted run, bit by bit'],
  ['two_processes', 'two processes report the losses of one with their batch'],
  ['previews', 'previews and scalars reach the disk and TensorBoard, also after a kill'],
  ['held_out', 'the loss of the held-out rows: fixed draws, equal to one written out by hand'],
  ['scaled_start', 'a scaled start: the first step is that of the base model, the signal has its deviation'],
  ['failures', 'what cannot work ends with one clear line and saves nothing'],
  ['torchvision_mend', 'a torchvision that does not fit is importable'],
  // How the kernel ties a child to its parent is Linux's own.
  ...(process.platform === 'linux'
    ? [['parent_death', 'nothing outlives a killed starter'] as [string, string]]
    : []),
]

const folder = mkdtempSync(join(tmpdir(), 'cnk-engine-'))
const timeoutMs = 300_000

beforeAll(() => runProgram('engine_setup'), timeoutMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(programs)('%s: %s', { timeout: timeoutMs }, async (name) => {
  await expect(runProgram(name)).resolves.toBeDefined()
})

/** Rejects with the program's output when it fails. */
async function runProgram(name: string) {
  const script = join(import.meta.dirname, 'python', `${name}.py`)
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', HF_HUB_OFFLINE: '1' }
  return promisify(execFile)(venvPython(), [script, folder], { env, maxBuffer: 64 * 1024 * 1024 })
}
