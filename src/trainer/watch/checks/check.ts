import type { UserError } from '../../../errors.ts'
import type { TrainerEvent } from '../../log/trainer-events.ts'

/** What a check finds: something to tell, or a reason to end the training. */
export type Finding =
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'problem'; readonly error: UserError }

/** One thing that is looked at while a training runs. It sees every event, in order, and says each finding once. */
export interface Check {
  see(event: TrainerEvent): readonly Finding[]
}
