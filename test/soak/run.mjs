// `npm run test:soak [KILLS] [SEED]`: `prepare` is killed at random moments, many times; its result goes to RESULT.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSeededRandom } from '../../build/generated-faces/seeded-random.js'
import { runKillTrial } from '../kill-trial.mjs'

const kills = Number(process.argv[2] ?? 50)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
const folder = await mkdtemp(join(tmpdir(), 'cnk-soak-'))
const random = createSeededRandom(seed)
const started = Date.now()
console.log(`${kills} kills, seed ${seed}`)
const seen = await runKillTrial({
  folder,
  pictures: 60,
  kills,
  random: () => random.between(0, 1),
  say: console.log,
})
await rm(folder, { recursive: true })

const places = Object.entries(seen.byStage)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([stage, count]) => `${count} in ${stage}`)
const result = `# The last soak test

\`npm run test:soak ${kills} ${seed}\` on ${new Date(started).toISOString().slice(0, 10)}, ${Math.round((Date.now() - started) / 60_000)} minutes:
60 photographs; \`prepare\` killed ${seen.killed} times by SIGKILL at a random moment, then run once to its end.

- ${seen.killed + seen.finished} runs, of which ${seen.finished} ended before they could be killed; where they stopped: ${places.join(', ')}.
- No picture that had been reported was lost, and the dataset was equal to that of an undisturbed run, byte for byte.
`
await writeFile(new URL('RESULT.md', import.meta.url), result)
console.log(`\n${result}`)
