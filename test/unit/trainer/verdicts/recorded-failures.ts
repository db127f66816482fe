/** The failures of test/fixtures/failures. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planContext } from '../../../../src/plan/build-plan.ts'
import { parseDiffusersLog } from '../../../../src/trainer/log/diffusers-log.ts'
import type { TrainerFailure } from '../../../../src/trainer/verdicts/failure-kind.ts'
import { bareFacts, config, makeGpu } from '../../plan/facts.ts'
import { parseWhole } from '../recorded-logs.ts'

const folder = join(import.meta.dirname, '../../../fixtures/failures')

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

const cases = readJson('cases.json') as Readonly<Record<string, { about: string; exit: number | null }>>

interface SourceText {
  readonly name: string
  readonly source: string
  readonly lines: readonly string[]
  readonly signal?: string
}

/** Texts of errors that need other hardware, each with where it is from. */
export const sourceTexts = readJson('sources.json') as readonly SourceText[]

/** Recordings of trainings that failed, or hung. */
export const recordedCases: readonly string[] = Object.keys(cases).filter((name) => cases[name]!.exit !== 0)

/** Recordings of trainings that ended with exit code 0 and are no good. */
export const recordedSuccesses: readonly string[] = Object.keys(cases).filter(
  (name) => cases[name]!.exit === 0,
)

/** The events and lines of a recording, and how its launcher ended. */
export function readRecording(name: string) {
  const file = join(folder, `${name}.stderr`)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return { ...parseWhole(parseDiffusersLog(), [text]), exit: cases[name]!.exit }
}

const SIGNALS: Readonly<Record<number, string>> = { 2: 'SIGINT', 9: 'SIGKILL', 15: 'SIGTERM' }

/** What the kit knows of a recorded failure, after step 2 of a training on a card of 24 GB. */
export function recordedFailure(name: string): TrainerFailure {
  const { lines, exit } = readRecording(name)
  const own = lines.filter(({ bar }) => !bar).map(({ text }) => text)
  const signal = exit !== null && exit < 0 ? (SIGNALS[-exit] ?? null) : null
  return failureOf(own.slice(-300), signal, exit ?? 1)
}

export function failureOf(lines: readonly string[], signal: string | null = null, exit = 1): TrainerFailure {
  return {
    settings: planContext(config(), { ...bareFacts, gpus: [makeGpu()] }).training.settings,
    config: config(),
    ...{ lines, signal, roomBytes: null },
    exitCode: signal === null ? exit : null,
    command: 'python launch.py',
    logPath: 'a.log',
    step: 2,
  }
}
