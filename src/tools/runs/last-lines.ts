/** What the files of a run say last, without reading them whole. */
import { join } from 'node:path'
import type { Event, StageName } from '../../events.ts'
import { readLastLines } from '../files/read-tail.ts'
import type { MetricLine, ValidationLine } from './metrics-file.ts'

/** The newest steps, by rising step. */
export async function readLastMetrics(run: string): Promise<MetricLine[]> {
  const lines = parseLines<MetricLine | ValidationLine>(await readLastLines(join(run, 'metrics.ndjson')))
  return lines.filter((line) => 'loss' in line)
}

export interface LastEvents {
  /** The newest event; null where there is none. */
  readonly last: Event | null
  /** The stage that it is in, or was last in. */
  readonly stage: StageName | null
}

export async function readLastEvents(run: string): Promise<LastEvents> {
  const events = parseLines<Event>(await readLastLines(join(run, 'events.ndjson')))
  const stages = events.map(stageOf).filter((stage) => stage !== null)
  return { last: events.at(-1) ?? null, stage: stages.at(-1) ?? null }
}

function stageOf(event: Event): StageName | null {
  if (event.type === 'train-step' || event.type === 'checkpoint-saved') return 'train-controlnet'
  return 'stage' in event ? event.stage : null
}

/** A line that a power cut left torn is left out. */
function parseLines<T>(lines: readonly string[]): T[] {
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as T]
    } catch {
      return []
    }
  })
}
