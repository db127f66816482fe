import { posix } from 'node:path'
import type { Command } from '../types.ts'
import type { BaseModelInput } from './base-model-spec.ts'

/** One of the kit's Python programs, in the venv. */
export function launchPython(
  { facts, python }: BaseModelInput,
  program: string,
  args: readonly string[],
): Command {
  const file = (name: string): string => posix.join(facts.packageRoot, 'python', name)
  return { file: python, args: [file('launch.py'), file(program), ...args], env: {}, cwd: facts.packageRoot }
}
