import { existsSync, readFileSync } from 'node:fs'
import { appendLine } from '../files/append-line.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'

/** One line of `metrics.ndjson`. */
export interface MetricLine {
  readonly step: number
  readonly loss: number | null
  readonly lr: number
  /** Since the step before; null for the first of an attempt. */
  readonly seconds: number | null
}

/** Throws a UserError where the disk is full. */
export function appendMetric(path: string, line: MetricLine): void {
  appendLine(path, line)
}

/** The steps in the file, by rising step; a line that a crash has torn is left out. */
export function readMetrics(path: string): MetricLine[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.map(parseLine).filter((line) => line !== null)
}

/** Drops the steps after `step`: those that a resumed training does again. */
export async function trimMetrics(path: string, step: number): Promise<void> {
  if (!existsSync(path)) return
  const kept = readMetrics(path).filter((line) => line.step <= step)
  await writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

function parseLine(text: string): MetricLine | null {
  try {
    return JSON.parse(text) as MetricLine
  } catch {
    return null
  }
}
