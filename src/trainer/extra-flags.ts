/** `train.extra`: flags of diffusers' script that have no key of their own. Pure. */
import { findNearest } from '../formats/text/nearest-name.ts'
import type { ScriptArgument, ScriptFact } from '../observed.ts'
import type { Config } from '../types.ts'
import {
  findUpstreamArgument,
  insteadOf,
  UPSTREAM_ARGUMENTS,
  type UpstreamArgument,
} from './upstream-arguments.ts'

type Extra = Config['train']['extra']
type Value = Extra[string]

export interface ExtraProblem {
  readonly name: string
  readonly message: string
}

/**
 * What is wrong with the flags as far as the pinned script's own list tells. With a local script, flags that the list does not
 * have are left to `findScriptProblems`.
 */
export function findExtraProblems({
  extra,
  script,
}: Pick<Config['train'], 'extra' | 'script'>): ExtraProblem[] {
  return Object.entries(extra).flatMap(([name, value]) => {
    const message = problemOf(name, value, script !== undefined)
    return message === null ? [] : [{ name, message }]
  })
}

function problemOf(name: string, value: Value, isLocal: boolean): string | null {
  const instead = insteadOf(name)
  if (instead !== null) return instead
  const known = findUpstreamArgument(name)
  if (known === null) return isLocal ? null : unknownFlag(name, UPSTREAM_ARGUMENTS)
  if (known.set === 'train') return `it has a key of its own: train.${name}`
  return valueProblem(value, known)
}

/** Flags of a local script, by its text. */
export function findScriptProblems(extra: Extra, script: ScriptFact): ExtraProblem[] {
  return Object.entries(extra).flatMap(([name, value]) => {
    const known = script.arguments.find((one) => one.name === name)
    const message = known === undefined ? unknownFlag(name, script.arguments) : valueProblem(value, known)
    return message === null ? [] : [{ name, message }]
  })
}

function unknownFlag(name: string, known: readonly ScriptArgument[]): string {
  const nearest = findNearest(
    name,
    known.map((one) => one.name).filter((one) => insteadOf(one) === null),
  )
  const hint = nearest === null ? '' : `; did you mean ${keyOf(nearest)}?`
  return `the training script has no flag --${name}${hint}`
}

function keyOf(name: string): string {
  return findUpstreamArgument(name)?.set === 'train' ? `train.${name}` : `train.extra.${name}`
}

function valueProblem(
  value: Value,
  { takes, form }: ScriptArgument & Pick<UpstreamArgument, 'form'>,
): string | null {
  if (takes === 'nothing') return typeof value === 'boolean' ? null : 'expected true or false'
  if (takes === 'list') return listProblem(value)
  if (typeof value !== 'string' && typeof value !== 'number') return 'expected text or a number'
  return form === undefined || form.pattern.test(String(value)) ? null : `expected ${form.words}`
}

/** In a list a value that begins with a dash would be taken for the next flag. */
function listProblem(value: Value): string | null {
  if (!Array.isArray(value) || value.length === 0) return 'expected a list'
  const dashed = value.find((one) => one.startsWith('-'))
  return dashed === undefined ? null : `expected values that begin with no dash, got ${dashed}`
}

/** The command line with the flags of `extra` in the place of those of the same name. Lists stand first: another flag must follow. */
export function withExtra(args: readonly string[], extra: Extra): string[] {
  const names = Object.keys(extra)
  const kept = args.filter((arg) => !names.includes(/^--([^=]+)/.exec(arg)?.[1] ?? ''))
  const entries = Object.entries(extra)
  const lists = entries.flatMap(([name, value]) => (Array.isArray(value) ? [`--${name}`, ...value] : []))
  const singles = entries.flatMap(([name, value]) => {
    if (Array.isArray(value) || value === false) return []
    return [value === true ? `--${name}` : `--${name}=${value}`]
  })
  return [...lists, ...kept, ...singles]
}

/** Those that change what is learned. */
export function learnedExtra(extra: Extra): Extra {
  const learned = Object.entries(extra).filter(([name]) => findUpstreamArgument(name)?.isLearned !== false)
  return Object.fromEntries(learned)
}

/** Rows that are trained on: `max_train_samples` draws that many. */
export function drawnRows(extra: Extra, rows: number): number {
  const most = extra['max_train_samples']
  return most === undefined ? rows : Math.min(rows, Number(most))
}

/** More rows than there are would be an error of the script; all of them need no drawing. */
export function extraFlags(extra: Extra, rows: number): Extra {
  const { max_train_samples: most, ...rest } = extra
  return most === undefined || Number(most) > rows ? rest : extra
}
