import type { PlannedStage } from '../types.ts'

/** Whether one of these stages will run. */
export function isActive(stages: readonly PlannedStage[], names: readonly PlannedStage['name'][]): boolean {
  return stages.some(({ name, action }) => names.includes(name) && action !== 'reuse')
}
