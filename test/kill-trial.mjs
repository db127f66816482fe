/** `prepare` killed at any moment, again and again, and then run to its end: for the tests and for the soak test. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const root = fileURLToPath(new URL('..', import.meta.url))
const CLI = join(root, 'dist/start.cjs')
const PHOTO = join(root, 'node_modules/@vladmandic/face-api/demo/sample1.jpg')

export async function runKillTrial({ folder, pictures, kills, random, say = () => undefined }) {
  await writePhotos(join(folder, 'photos'), pictures)
  const undisturbed = await openFolder(folder, 'undisturbed')
  const started = performance.now()
  const first = await prepare(undisturbed)
  const wholeMs = performance.now() - started
  if (first.end !== 'done') throw new Error(`undisturbed: ${first.end}\n${first.stderr}`)
  const expected = await readDataset(undisturbed)

  const disturbed = await openFolder(folder, 'disturbed')
  const seen = { killed: 0, finished: 0, byStage: {} }
  for (let run = 1; seen.killed < kills; run++) {
    // What a whole run wrote is taken away now and then, so that there is something to interrupt.
    if (seen.finished > 0 && (await isWhole(disturbed))) await forget(disturbed, random())
    const before = await countFindings(disturbed)
    const { end, reported, stage, stderr } = await prepare(disturbed, (0.05 + 0.95 * random()) * wholeMs)
    const after = await countFindings(disturbed)
    if (end === 'done') seen.finished++
    else if (end === 'killed') seen.killed++
    else throw new Error(`run ${run}: ${end}\n${stderr}`)
    // A picture that was reported as done is in the journal: only those in flight are lost.
    if (after < Math.max(before, reported))
      throw new Error(
        `run ${run}: ${reported} pictures were reported, ${before} known before, ${after} are kept`,
      )
    seen.byStage[stage] = (seen.byStage[stage] ?? 0) + 1
    say(`run ${run}: ${end} in ${stage}, ${after} of ${pictures} pictures known`)
  }
  const last = await prepare(disturbed)
  if (last.end !== 'done') throw new Error(`last run: ${last.end}\n${last.stderr}`)
  compare(await readDataset(disturbed), expected)
  return seen
}

/** Real faces in varied crops. */
async function writePhotos(folder, count) {
  await mkdir(folder, { recursive: true })
  const { width, height } = await sharp(PHOTO).metadata()
  for (let index = 0; index < count; index++) {
    const region = { left: (index % 60) * 3, top: (index % 23) * 4, width: width - 180, height: height - 92 }
    const side = 700 + ((index * 37) % 200)
    await sharp(PHOTO)
      .extract(region)
      .resize(side)
      .jpeg()
      .toFile(join(folder, `photo-${index}.jpg`))
  }
}

async function openFolder(parent, name) {
  const folder = join(parent, name)
  await mkdir(folder)
  await symlink(join(parent, 'photos'), join(folder, 'photos'))
  const config = {
    version: 1,
    name: 'kill',
    dataset: {
      source: { folder: './photos' },
      resolution: 256,
      validation: { count: 3 },
      filters: { duplicates: 'exact' },
    },
  }
  await writeFile(join(folder, 'controlnet.yaml'), JSON.stringify(config))
  return folder
}

/** Kills it after that time, unless it was quicker. */
function prepare(folder, killAfterMs) {
  const child = spawn(process.execPath, [CLI, 'prepare', '--json'], { cwd: folder, stdio: 'pipe' })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const seen = { reported: 0, stage: 'start', stderr: '' }
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) follow(JSON.parse(line), seen)
  })
  child.stderr.setEncoding('utf8').on('data', (text) => (seen.stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ ...seen, end: signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : `failed with ${code}` })
    })
  })
}

function follow({ type, stage, done }, seen) {
  if (type === 'stage-started') seen.stage = stage
  if (type === 'progress' && stage === 'annotate-images') seen.reported = done
  if (type === 'result') seen.stage = 'end'
}

async function countFindings(folder) {
  const journal = join(folder, 'dataset/.cnk/findings.ndjson')
  if (!existsSync(journal)) return 0
  return (await readFile(journal, 'utf8')).split('\n').length - 1
}

const isWhole = async (folder) => existsSync(join(folder, 'dataset/README.md'))

/** Takes away the last stage's result, or also what the annotator found. */
async function forget(folder, lot) {
  const dataset = join(folder, 'dataset')
  await rm(join(dataset, '.cnk/write-dataset.json'), { force: true })
  if (lot < 0.5) return
  await rm(join(dataset, '.cnk/annotate-images.json'), { force: true })
  await rm(join(dataset, '.cnk/findings.ndjson'), { force: true })
}

/** Every file that a dataset consists of, by its hash; and what lies beside. */
async function readDataset(folder) {
  const dataset = join(folder, 'dataset')
  const shards = (await readdir(join(dataset, 'data'))).map((name) => `data/${name}`)
  const files = ['README.md', 'annotations.ndjson', 'manifest.json', 'preview.png', 'preview.html', ...shards]
  const hashes = {}
  for (const file of files.sort()) {
    hashes[file] = createHash('sha256')
      .update(await readFile(join(dataset, file)))
      .digest('hex')
  }
  return {
    hashes,
    beside: (await readdir(dataset)).sort(),
    work: (await readdir(join(dataset, '.cnk'))).sort(),
  }
}

function compare(found, expected) {
  const [a, b] = [found, expected].map((one) => JSON.stringify(one, null, 1))
  if (a !== b)
    throw new Error(`the dataset is another one than that of an undisturbed run:\n${a}\nexpected\n${b}`)
}
