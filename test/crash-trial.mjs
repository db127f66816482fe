/** Trainings killed at any moment, gone on with, and compared with one that nobody disturbed: for the tests and for the soak test. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../dist/start.cjs', import.meta.url))
const STEPS = 12
const EVERY = 2

const CONFIG = `version: 1
name: crash
dataset:
  source: { generated: 12 }
  crop: center
  resolution: 64
  validation: { count: 2 }
base_model: { generated: tiny }
environment: { torch: cpu }
train:
  engine: builtin
  preset: cpu
  learning_rate: 1.0e-3
  train_batch_size: 2
  gradient_accumulation_steps: 1
  max_train_steps: ${STEPS}
  checkpointing_steps: ${EVERY}
  validation_steps: 1000
`

const TARGETS = ['trainer', 'launcher', 'kit', 'everything']
const MOMENTS = ['while saving', 'at a step', 'while starting']

export async function runCrashTrial({ folder, kills, killsInRun, random, say = () => undefined }) {
  await writeFile(join(folder, 'controlnet.yaml'), CONFIG)
  const first = await carryOut(folder, ['train', '--json'])
  if (first.code !== 0) throw new Error(`undisturbed: exit code ${first.code}\n${first.stderr}`)
  const expected = readResult(folder)
  const seen = { killed: 0, finished: 0, byMoment: {} }
  while (seen.killed < kills) {
    let command = ['train', '--again', '--json']
    let code = null
    for (let kill = 0; kill < killsInRun && code !== 0; kill++) {
      const plan = { target: pick(TARGETS, random), moment: pick(MOMENTS, random), lot: random() }
      const ended = await carryOut(folder, command, plan)
      code = ended.code
      const name = `${plan.target} ${plan.moment}`
      say(
        `${name}: ${ended.killedAt === null ? 'not reached' : `killed at step ${ended.killedAt}`}, exit code ${code}`,
      )
      if (ended.killedAt === null) seen.finished++
      else seen.byMoment[name] = (seen.byMoment[name] ?? 0) + 1
      if (ended.killedAt !== null) seen.killed++
      if (code !== 0) checkKilled(folder, { plan, ended })
      command = ['resume', '--json']
    }
    if (code !== 0) {
      const last = await carryOut(folder, command)
      if (last.code !== 0) throw new Error(`after the kills: exit code ${last.code}\n${last.stderr}`)
    }
    compare(readResult(folder), expected)
  }
  return seen
}

const pick = (all, random) => all[Math.floor(random() * all.length)]

/** Runs a command of the kit; kills what the plan says at its moment. Resolves when nothing of it lives any more. */
async function carryOut(folder, args, plan) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const seen = { step: 0, firstStep: null, stage: null, stderr: '', ended: false }
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) follow(JSON.parse(line), seen)
  })
  child.stderr.setEncoding('utf8').on('data', (text) => (seen.stderr += text))
  const ended = new Promise((resolve) =>
    child.on('close', (code) => {
      seen.ended = true
      resolve(code)
    }),
  )
  const killedAt = plan === undefined ? null : await killAtMoment(folder, { child, plan, seen })
  const code = await ended
  await untilAlone(folder)
  return { code, killedAt, stderr: seen.stderr }
}

function follow({ type, stage, step }, seen) {
  if (type === 'stage-started') seen.stage = stage
  if (type !== 'train-step') return
  seen.firstStep ??= step
  seen.step = step
}

/** Gives the step; null when the training ended before. */
async function killAtMoment(folder, { child, plan, seen }) {
  if (!(await until(MOMENT[plan.moment](folder, { plan, seen }), seen))) return null
  const processes = findProcesses(folder)
  const kit = child.pid
  const pids = {
    trainer: processes.trainers,
    launcher: processes.launchers,
    kit: [kit],
    everything: [kit, ...processes.launchers.map((pid) => -pid), ...processes.trainers],
  }[plan.target]
  for (const pid of pids) send(pid)
  return pids.length === 0 ? null : seen.step
}

function send(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Whether the moment has come; asked again and again. */
const MOMENT = {
  /** A checkpoint has its hidden name until it is whole. */
  'while saving'(folder, { plan, seen }) {
    const from = 1 + Math.floor(plan.lot * 3)
    let saves = 0
    let saving = false
    return () => {
      if (seen.firstStep === null) return false
      const now = listOutput(folder).some((name) => name.endsWith('.partial') || name.endsWith('.removed'))
      if (now && !saving) saves++
      saving = now
      return now && saves >= from
    }
  },
  'at a step'(_folder, { plan, seen }) {
    return () => {
      if (seen.firstStep === null) return false
      return seen.step >= seen.firstStep + Math.floor(plan.lot * (STEPS - seen.firstStep))
    }
  },
  'while starting'(folder, { plan, seen }) {
    let startedMs = null
    return () => {
      if (seen.stage !== 'train-controlnet') return false
      if (findProcesses(folder).launchers.length > 0) startedMs ??= performance.now()
      return startedMs !== null && performance.now() - startedMs > plan.lot * 6000
    }
  },
}

async function until(isNow, seen) {
  while (!isNow()) {
    if (seen.ended || seen.stage === 'verify-model') return false
    await sleep(1)
  }
  return true
}

function listOutput(folder) {
  try {
    return readdirSync(join(folder, 'runs/latest/output'))
  } catch {
    return []
  }
}

/** By their command lines, which name the run. */
function findProcesses(folder) {
  const found = { launchers: [], trainers: [], all: [] }
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const args = readCommandLine(name)
    if (!args.some((arg) => arg.startsWith(`--output_dir=${realpathSync(folder)}/`))) continue
    found.all.push(Number(name))
    found[args.includes('--launcher') ? 'launchers' : 'trainers'].push(Number(name))
  }
  return found
}

function readCommandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

async function untilAlone(folder) {
  const giveUp = Date.now() + 15_000
  while (findProcesses(folder).all.length > 0) {
    if (Date.now() > giveUp) throw new Error(`still running: ${findProcesses(folder).all.join(', ')}`)
    await sleep(20)
  }
}

/** The state on disk is true: no step is lost beyond the last checkpoint, and every checkpoint that has its name is whole. */
function checkKilled(folder, { plan, ended }) {
  const record = JSON.parse(readFileSync(join(folder, 'runs/latest/run.json'), 'utf8'))
  const isKitsEnd = plan.target === 'kit' || plan.target === 'everything'
  const expected = isKitsEnd && ended.killedAt !== null ? ['running'] : ['failed', 'stopped']
  if (!expected.includes(record.status))
    throw new Error(`${plan.target} ${plan.moment}: the run's status is ${record.status}\n${ended.stderr}`)
  const saved = listOutput(folder).flatMap((name) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? [])
  const newest = Math.max(0, ...saved.map(Number))
  if (ended.killedAt !== null && newest < ended.killedAt - EVERY)
    throw new Error(
      `${plan.target} ${plan.moment}: step ${ended.killedAt} was reached, and checkpoint ${newest} is kept`,
    )
}

/** The final weights by their hash, and the curve over all attempts. */
function readResult(folder) {
  const run = join(folder, 'runs/latest')
  const weights = readFileSync(join(run, 'model/diffusion_pytorch_model.safetensors'))
  const lines = readFileSync(join(run, 'metrics.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return {
    weights: createHash('sha256').update(weights).digest('hex'),
    curve: [
      ...newestByStep(lines.filter((line) => 'loss' in line)).map(
        ({ step, loss, lr }) => `${step} ${loss} ${lr}`,
      ),
      // Read back from TensorBoard's files by a training that goes on, they have 32 bits.
      ...newestByStep(lines.filter((line) => 'validation_loss' in line)).map(
        ({ step, validation_loss }) => `${step} held out ${Math.fround(validation_loss)}`,
      ),
    ],
  }
}

/** As whoever reads the file does: what the kit learned last about a step counts. */
function newestByStep(lines) {
  return [...new Map(lines.map((line) => [line.step, line])).values()].sort((a, b) => a.step - b.step)
}

function compare(found, expected) {
  if (found.weights !== expected.weights)
    throw new Error('the weights differ from those of the undisturbed training')
  const [a, b] = [found, expected].map(({ curve }) => curve.join('\n'))
  if (a !== b) throw new Error(`the curve differs:\n${a}\n\nundisturbed:\n${b}`)
}
