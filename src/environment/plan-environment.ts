/** Plans the Python environment that a config asks for. Pure. */
import { planDevice } from './device.ts'
import type { EnvironmentInput, EnvironmentPlan } from './environment-kind.ts'
import { environmentKindOf } from './kinds.ts'

export function planEnvironment(input: Omit<EnvironmentInput, 'device'>): EnvironmentPlan {
  const { config, facts } = input
  return environmentKindOf(config).plan({ ...input, device: planDevice(config, facts) })
}
