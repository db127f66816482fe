/** A dataset that was interrupted by SIGKILL ends up the same, byte for byte, as an uninterrupted one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createSeededRandom } from '../../src/generated-faces/seeded-random.ts'
import { runKillTrial } from '../kill-trial.mjs'

const KILLS = 5
const SEED = 20_261

test(`prepare, killed ${KILLS} times at any moment, loses nothing`, { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cnk-kill-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const random = createSeededRandom(SEED)
  const seen = await runKillTrial({ folder, pictures: 24, kills: KILLS, random: () => random.between(0, 1) })
  expect(seen.killed).toBe(KILLS)
})
