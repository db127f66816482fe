import { findRun, nameRun } from '../actions/runs/find-run.ts'
import { followEvents, followTrainer } from '../actions/runs/follow-run.ts'
import { UserError } from '../errors.ts'
import { createEventPrinter } from '../ui/event-printer.ts'
import { cleanText } from '../ui/text.ts'
import type { CommonFlags, Output } from './output.ts'

/** `logs [RUN] -f`: what a run says, from its newest attempt on. */
export async function logs([given]: readonly unknown[], flags: CommonFlags, output: Output): Promise<number> {
  const { folder } = await findRun(given as string | undefined, 'logs')
  output.invoke({ run: await nameRun(folder) })
  const options = { folder, follow: flags['follow'] === true, signal: untilUnread() }
  if (flags['trainer'] === true) {
    refuseJson(output)
    for await (const line of followTrainer(options)) process.stdout.write(`${cleanText(line)}\n`)
    return 0
  }
  const print = createEventPrinter({ stream: process.stdout, json: output.json })
  for await (const event of followEvents(options)) print(event)
  return 0
}

function refuseJson({ json }: Output): void {
  if (!json) return
  throw new UserError('--trainer shows what the trainer printed, which is no JSON.', {
    reason: 'usage',
    hint: 'Leave --trainer away: the events come as JSON.',
  })
}

/** Aborted when nobody reads any more (`| head`): otherwise it would follow for ever. */
function untilUnread(): AbortSignal {
  const unread = new AbortController()
  process.stdout.once('error', () => unread.abort())
  return unread.signal
}
