import { detachRun } from '../actions/runs/detach-run.ts'
import { nameRun } from '../actions/runs/find-run.ts'
import { kitCommand } from '../next-step.ts'
import { formatClosing } from '../ui/closing-summary.ts'
import type { CommonFlags, Output } from './output.ts'

/** `--detach`: another process carries the run out; this one ends when that has begun. Returns the exit code. */
export async function detach(run: string, more: readonly string[], output: Output): Promise<number> {
  const args = [...process.argv.slice(2).filter((word) => !OWN_FLAGS.includes(word)), ...more]
  const { pid, log } = await detachRun({ run, args, cwd: output.startFolder })
  output.invoke({ run: await nameRun(run) })
  if (output.json) output.printJson({ v: 1, run, pid, log })
  else output.print(formatClosing(closing(output.here(run), { pid, log: output.here(log) }), output))
  return 0
}

/** The other process says what people read, to its log. */
const OWN_FLAGS: readonly string[] = ['--detach', '--json', '--quiet']

const closing = (run: string, { pid, log }: { pid: number; log: string }) => ({
  made: [
    ['Run', `${run}/`],
    ['Process', `${pid}; it goes on when this terminal is closed`],
    ['Output', log],
  ] as const,
  next: [kitCommand('status'), kitCommand('logs', { flags: { follow: true } }), kitCommand('stop')],
})

export const wantsDetach = (flags: CommonFlags): boolean => flags['detach'] === true
