/** The ways to come by a Python environment. A new one is a file in `kinds/`, a line here, and one in `stages/create-environment/`. */
import type { Config } from '../types.ts'
import { current } from './kinds/current.ts'
import { venv } from './kinds/venv.ts'
import type { EnvironmentKind } from './environment-kind.ts'

/** Where a config names no Python of its own. */
export const OWN_PYTHON = 'python3'

/** The first one is the default. */
export const ENVIRONMENT_KINDS = [venv, current] as const satisfies readonly EnvironmentKind[]

export type EnvironmentKindName = (typeof ENVIRONMENT_KINDS)[number]['name']

export const ENVIRONMENT_KIND_NAMES: readonly EnvironmentKindName[] = ENVIRONMENT_KINDS.map(
  ({ name }) => name,
)

export function environmentKindOf({
  environment,
}: Pick<Config, 'environment'>): EnvironmentKind<EnvironmentKindName> {
  return ENVIRONMENT_KINDS.find(({ name }) => name === environment.kind)!
}

/** Those that are there before the kit is. */
export const BROUGHT_NAMES: readonly EnvironmentKindName[] = ENVIRONMENT_KINDS.flatMap(({ name, isMade }) =>
  isMade ? [] : [name],
)
