import { readLastMetrics } from '../../tools/runs/last-lines.ts'
import { usualStepSeconds } from '../../tools/runs/metrics-file.ts'
import type { RunFact, TrainingSettings } from '../../types.ts'

/** Seconds of the usual step in the newest run with the same settings; null when none has measured it. */
export async function measureStepTime(
  runs: readonly RunFact[],
  settings: TrainingSettings,
): Promise<number | null> {
  const same = JSON.stringify(settings)
  for (const run of runs.filter((one) => JSON.stringify(one.settings) === same)) {
    const usual = usualStepSeconds(await readLastMetrics(run.folder))
    if (usual !== null) return usual
  }
  return null
}
