import { readLastMetrics } from '../../tools/runs/last-lines.ts'
import type { RunFact, TrainingSettings } from '../../types.ts'

/** Seconds of the usual step in the newest run with the same settings; null when none has measured it. */
export async function measureStepTime(
  runs: readonly RunFact[],
  settings: TrainingSettings,
): Promise<number | null> {
  const same = JSON.stringify(settings)
  for (const run of runs.filter((one) => JSON.stringify(one.settings) === same)) {
    const seconds = (await readLastMetrics(run.folder))
      .flatMap((line) => (line.seconds === null ? [] : [line.seconds]))
      .sort((a, b) => a - b)
    const usual = seconds[seconds.length >> 1]
    if (usual !== undefined) return usual
  }
  return null
}
