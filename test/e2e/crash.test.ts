// A training killed at seeded moments and resumed to its end is the undisturbed one; `npm run test:soak` does it at 40 random ones.
import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { runCrashTrial } from '../crash-trial.mjs'
import { temporaryFolder } from '../cli/cli.ts'

/** Target, moment and place of each kill, each a share of the list that it is taken from. */
const LOTS = [
  ...[0.1, 0.1, 0.4], // the trainer, while it saves
  ...[0.6, 0.5, 0.5], // the kit, at a step
]

it.runIf(process.platform === 'linux')(
  'ends with the weights and the curve of an undisturbed training',
  async () => {
    const folder = await temporaryFolder()
    const lots = [...LOTS]
    const seen = await runCrashTrial({ folder, kills: 2, killsInRun: 2, random: () => lots.shift()! })
    expect(seen).toEqual({
      killed: 2,
      finished: 0,
      byMoment: { 'trainer while saving': 1, 'kit at a step': 1 },
    })
    await rm(folder, { recursive: true })
  },
  600_000,
)
