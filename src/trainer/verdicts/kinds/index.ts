import type { FailureKind } from '../failure-kind.ts'
import { DATASET_KINDS } from './dataset-kinds.ts'
import { DISK_KINDS } from './disk-kinds.ts'
import { GPU_KINDS } from './gpu-kinds.ts'
import { MEMORY_KINDS } from './memory-kinds.ts'
import { CONNECTION_KINDS, SIGNAL_KINDS } from './process-kinds.ts'
import { BASE_MODEL_KINDS, CHECKPOINT_KINDS, ENVIRONMENT_KINDS, SETTING_KINDS } from './start-kinds.ts'

/** Every kind of failure that has words of its own. The first that recognises a failure counts: the special before the general. */
export const FAILURE_KINDS: readonly FailureKind[] = [
  ...GPU_KINDS,
  // Shared memory that is full is called a disk without space.
  ...MEMORY_KINDS,
  ...DISK_KINDS,
  ...CONNECTION_KINDS,
  ...CHECKPOINT_KINDS,
  ...ENVIRONMENT_KINDS,
  ...DATASET_KINDS,
  ...BASE_MODEL_KINDS,
  ...SETTING_KINDS,
  ...SIGNAL_KINDS,
]
