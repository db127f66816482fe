/** A disk that has room for some checkpoints, not for all that the config keeps: the override that the check names makes them fit. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, sh } from '../cli/cli.ts'

/** Stable Diffusion 1.5 is not there: the sizes of its checkpoints are known without it. Nothing is written on the disk. */
const CONFIG = `version: 1
name: large
dataset: { source: { generated: 40 }, crop: center, validation: { count: 4 } }
environment: { torch: cpu }
train: { preset: cpu, max_train_steps: 100, checkpointing_steps: 10, checkpoints_total_limit: 8 }
evaluate: { enabled: false }
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnk-little-room-'))
  writeFileSync(join(folder, 'controlnet.yaml'), CONFIG)
  execFileSync('mkdir', [join(folder, 'runs')])
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20g', 'none', join(folder, 'runs')])
})
afterAll(() => {
  execFileSync('umount', [join(folder, 'runs')])
  rmSync(folder, { recursive: true })
})

interface PlanDocument {
  readonly checks: readonly { readonly code: string; readonly status: string; readonly found: string }[]
}

const ofRuns = (stdout: string) =>
  (JSON.parse(stdout) as PlanDocument).checks.filter(
    ({ code, found }) => code === 'disk' && found.includes('runs'),
  )

test('little room for checkpoints', async () => {
  const env = { HF_HUB_OFFLINE: '1' }
  const tight = await run(['plan', '--json'], folder, env)
  expect(ofRuns(tight.stdout)).toMatchObject([{ status: 'fail' }])
  const { stdout } = await run(['plan'], folder, env)
  const [, override] = /Fewer checkpoints fit: (--set \S+)/.exec(stdout) ?? []
  expect(override, stdout).toBe('--set train.checkpoints_total_limit=2')
  const typed = await sh(`controlnet-kit plan ${override!} --json`, folder, env)
  expect(ofRuns(typed.stdout), typed.stderr).toMatchObject([{ status: 'pass' }])
})
