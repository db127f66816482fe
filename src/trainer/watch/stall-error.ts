import { UserError } from '../../errors.ts'
import { kitCommand } from '../../next-step.ts'
import type { Silence } from './silence.ts'

interface StallError {
  readonly silence: Silence
  /** The last optimiser step that was seen. */
  readonly step: number
  /** Where the processes stand, and those that the system holds or that somebody stopped. */
  readonly places: readonly string[]
  readonly logPath: string
}

/** The training was ended because it said nothing any more. */
export function stallError({ silence, step, places, logPath }: StallError): UserError {
  const where = step === 0 ? 'before the first step' : `after step ${step}`
  const stood = places.length === 0 ? '' : `\n${places.map((place) => `It stood at ${place}.`).join('\n')}`
  return new UserError(`The trainer ${describeSilence(silence)}, ${where}; it was ended.${stood}`, {
    reason: 'training',
    code: 'training-stalled',
    hint: `Go on with: ${kitCommand('resume')}\nWhere it only was slow, a longer watch.stall_timeout lets it.\nlog: ${logPath}`,
  })
}

/** `said nothing for 40 minutes while it took a step` */
export function describeSilence({ silentMs, patience }: Silence): string {
  return `said nothing for ${formatWait(silentMs)} while ${patience.words}`
}

function formatWait(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 6) / 10} hours`
}
