import { existsSync, readFileSync } from 'node:fs'
import { median } from '../../median.ts'
import { appendLine } from '../files/append-line.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'

/** A line of `metrics.ndjson`: what one step learned with. A step that is there twice counts as its last line says. */
export interface MetricLine {
  readonly step: number
  readonly loss: number | null
  readonly lr: number
  /** Since the step before; null for the first of an attempt. */
  readonly seconds: number | null
}

/** Another line of it: the loss of the held-out rows, with the weights after this step. */
export interface ValidationLine {
  readonly step: number
  readonly validation_loss: number
}

type Line = MetricLine | ValidationLine

/** Throws a UserError where the disk is full. */
export function appendMetric(path: string, line: Line): void {
  appendLine(path, line)
}

/** The steps in the file, by rising step; a line that a crash has torn is left out. */
export function readMetrics(path: string): MetricLine[] {
  return newestByStep(readLines(path).filter((line) => 'loss' in line))
}

/** The losses of the held-out rows, by rising step. */
export function readValidationLosses(path: string): ValidationLine[] {
  return newestByStep(readLines(path).filter((line) => 'validation_loss' in line))
}

/**
 * Drops the steps after `step`: those that a resumed training does again. `found` is what the trainer itself recorded of
 * earlier attempts; it replaces what the file has, and adds what the kit was killed too early to write.
 */
export async function trimMetrics(path: string, step: number, found: readonly Line[] = []): Promise<void> {
  if (!existsSync(path) && found.length === 0) return
  const lines = [...readLines(path), ...found].filter((line) => line.step <= step)
  const steps = newestByStep(lines.filter((line) => 'loss' in line))
  const validations = newestByStep(lines.filter((line) => 'validation_loss' in line))
  const kept = [...steps, ...validations].sort((a, b) => a.step - b.step)
  await writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** Seconds of the usual step; null when none was timed. */
export function usualStepSeconds(lines: readonly MetricLine[]): number | null {
  return median(lines.flatMap(({ seconds }) => (seconds === null ? [] : [seconds])))
}

function newestByStep<T extends Line>(lines: readonly T[]): T[] {
  return [...new Map(lines.map((line) => [line.step, line])).values()].sort((a, b) => a.step - b.step)
}

function readLines(path: string): Line[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.map(parseLine).filter((line) => line !== null)
}

function parseLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}
