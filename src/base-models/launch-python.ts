import { posix } from 'node:path'
import type { Command } from '../types.ts'
import { environmentKindOf } from '../environment/kinds.ts'
import type { BaseModelInput } from './base-model-spec.ts'

/** One of the kit's Python programs, in the environment of the config. */
export function launchPython(
  { config, facts, python }: BaseModelInput,
  program: string,
  args: readonly string[],
): Command {
  const file = (name: string): string => posix.join(facts.packageRoot, 'python', name)
  const { programs } = environmentKindOf(config)
  return {
    ...{ file: python, args: [file('launch.py'), file(program), ...args], env: {} },
    ...programs,
    cwd: facts.packageRoot,
  }
}
