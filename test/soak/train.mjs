/** `npm run test:soak`: trainings killed at random moments. `node test/soak/train.mjs 40 1234` for so many kills and that seed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSeededRandom } from '../../build/generated-faces/seeded-random.js'
import { runCrashTrial } from '../crash-trial.mjs'

const kills = Number(process.argv[2] ?? 40)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
const random = createSeededRandom(seed)
const folder = await mkdtemp(join(tmpdir(), 'cnk-soak-'))
const started = Date.now()
console.log(`${kills} kills of trainings, seed ${seed}`)
const seen = await runCrashTrial({
  ...{ folder, kills, killsInRun: 4 },
  random: () => random.between(0, 1),
  say: console.log,
})
await rm(folder, { recursive: true })

const moments = Object.entries(seen.byMoment)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([moment, count]) => `${count} × ${moment}`)
const result = `# The last soak test of trainings

\`node test/soak/train.mjs ${kills} ${seed}\` on ${new Date(started).toISOString().slice(0, 10)}, ${Math.round((Date.now() - started) / 60_000)} minutes:
the builtin engine on the CPU, 12 steps with a checkpoint every 2; SIGKILL at ${seen.killed} random moments, up to 4 in a run, which was then
resumed to its end.

- Who was killed, and when: ${moments.join(', ')}.
- After each kill nothing of the training lived on, and no step was lost beyond the last checkpoint.
- The final weights of every run were equal to those of an undisturbed one, bit for bit, and so was its curve: each step once, with the
  same loss.
`
await writeFile(new URL('TRAIN-RESULT.md', import.meta.url), result)
console.log(`\n${result}`)
