import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine, TrainerEvent, TrainerLog } from '../../../src/trainer/log/trainer-events.ts'

const folder = join(import.meta.dirname, '../../fixtures/logs')

export const recordings: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.stderr'))
  .map((name) => name.replace('.stderr', ''))

export function readLog(name: string, stream: 'stdout' | 'stderr' = 'stderr'): string {
  const file = join(folder, `${name}.${stream}`)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** `[step, loss]` of every micro-batch, as the run wrote them for TensorBoard. */
export function readScalars(name: string): readonly (readonly [number, number])[] {
  const all = JSON.parse(readFileSync(join(folder, 'scalars.json'), 'utf8')) as Record<
    string,
    [number, number][]
  >
  return all[name]!
}

export function parseWhole(
  log: TrainerLog,
  chunks: readonly string[],
): { events: TrainerEvent[]; lines: LogLine[] } {
  const parts = [...chunks.map((chunk) => log.push(chunk)), log.end()]
  return { events: parts.flatMap((part) => part.events), lines: parts.flatMap((part) => part.lines) }
}
