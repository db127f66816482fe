/** The shape of the modules in `kinds/`: the ways to come by a Python environment. Pure. */
import type { Check, Command, Config, Facts } from '../types.ts'
import type { DevicePlan } from './device.ts'
import type { BackendChoice } from './torch-backend.ts'

export interface EnvironmentKind<Name extends string = string> {
  /** Value of `environment.kind`. */
  readonly name: Name
  /** Behind the name in the reference of the config. */
  readonly words: string
  /** Title of the stage that makes it, or tries it. */
  readonly title: string
  /** Whether the kit makes it: packages are installed, and an index is asked. */
  readonly isMade: boolean
  /** What its Python programs get besides what all get; names of variables that pass from the person's environment. */
  readonly programs: Pick<Command, 'env' | 'inherit'>
  /** What helps when a package or a library in it turns out to be missing; a command follows. */
  readonly whenIncomplete: string
  /** The build of torch that it will have, or has. */
  chooseTorch(input: TorchInput): BackendChoice
  plan(input: EnvironmentInput): EnvironmentPlan
}

export interface TorchInput {
  readonly torch: Config['environment']['torch']
  /** The cards that the training will use. */
  readonly gpus: Facts['gpus']
  readonly os: string
  readonly arch: string
  readonly ownPython: Facts['ownPython']
}

export interface EnvironmentInput {
  readonly config: Pick<Config, 'environment' | 'train' | 'launch'>
  readonly facts: EnvironmentFacts
  readonly device: DevicePlan
  /** Packages that this training needs beside the engine's own: names of `extras.ts`. */
  readonly extras?: readonly string[]
  /** Instead of the usual one. */
  readonly folder?: string
}

type EnvironmentFacts = Pick<
  Facts,
  'packageRoot' | 'cache' | 'python' | 'ownPython' | 'gpus' | 'cuda' | 'machine' | 'pythonFiles' | 'script'
>

export interface EnvironmentPlan {
  /** With the same key the same is learned: the packages that the training computes with have the same versions. */
  readonly key: string
  /** The kit's own folder of it, in the cache, which `env clean` removes. */
  readonly folder: string
  /** Its Python. */
  readonly python: string
  /** One short phrase for the plan. */
  readonly summary: string
  /** What makes it, or tries it. */
  readonly commands: readonly Command[]
  /** Files that are there once it is made or tried. */
  readonly outputs: readonly string[]
  /** A failed one means that the commands can't work. */
  readonly checks: readonly Check[]
  /** Those of them that also matter once it is there. */
  readonly lastingChecks: readonly Check[]
}
