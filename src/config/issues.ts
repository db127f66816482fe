/** Turns zod's issues into problems that name the key, the expected value and the found value. */
import type * as z from 'zod'
import { findNearest } from '../formats/text/nearest-name.ts'
import { describeToCome } from './not-yet.ts'
import { isMapping, valueAt } from './overrides.ts'
import { findUpstreamArgument, insteadOf } from '../trainer/upstream-arguments.ts'
import { knownKeys, variantKeys } from './schema-shape.ts'

/** A mistake in the config. `onKey` points at the key instead of its value. */
export interface ConfigProblem {
  readonly path: readonly string[]
  readonly message: string
  readonly onKey: boolean
}

type Issue = z.core.$ZodIssue

export function describeIssues(issues: readonly Issue[], tree: unknown): ConfigProblem[] {
  const problems = issues.flatMap((issue) => describeIssue(issue, [], tree))
  // A required key that is missing because it was misspelt is reported once, not twice.
  const meant = (path: readonly string[]): boolean =>
    problems.some(({ message }) => message.includes(`did you mean ${path.join('.')}?`))
  return problems.filter(({ path, onKey }) => onKey || valueAt(tree, path) !== undefined || !meant(path))
}

function describeIssue(issue: Issue, base: readonly string[], tree: unknown): ConfigProblem[] {
  const path = [...base, ...issue.path.map(String)]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => describeKey([...path, key], { known: knownKeys(path, tree), tree }))
  if (issue.code === 'invalid_union') return describeUnion(issue, path, tree)
  const value = valueAt(tree, path)
  const toCome = describeToCome(path, value)
  const message = toCome === null ? describeValue(issue, value) : `${toCome}; expected ${expectation(issue)}`
  return [{ path, message, onKey: false }]
}

/** A union of objects that differ by their first key: the key that is present decides which member's problems are reported. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: string[],
  tree: unknown,
): ConfigProblem[] {
  const value = valueAt(tree, path)
  const variants = variantKeys(path)
  const ofItems = issue.errors.find((inner) => inner.some(isAboutItems))
  if (Array.isArray(value) && ofItems !== undefined)
    return ofItems.flatMap((inner) => describeIssue(inner, path, tree))
  const ofMapping = issue.errors.find((inner) => inner.every(isAboutKeys))
  if (variants.length < 2 && isMapping(value) && ofMapping !== undefined)
    return ofMapping.flatMap((inner) => describeIssue(inner, path, tree))
  if (variants.length < 2)
    return [{ path, message: `expected ${plainUnion(issue)}, got ${show(value)}`, onKey: false }]
  const oneOf = `exactly one of ${variants.map((keys) => keys[0]).join(', ')}`
  if (value === undefined) return [{ path, message: `required: ${oneOf}`, onKey: false }]
  if (!isMapping(value)) return [{ path, message: `expected ${oneOf}, got ${show(value)}`, onKey: false }]
  const found = variants.flatMap((keys, index) => (keys[0] !== undefined && keys[0] in value ? [index] : []))
  if (found.length > 1) {
    const names = found.map((index) => variants[index]?.[0]).join(' and ')
    return [{ path, message: `expected ${oneOf}, got ${names}`, onKey: false }]
  }
  const chosen = found[0]
  if (chosen !== undefined)
    return (issue.errors[chosen] ?? []).flatMap((inner) => describeIssue(inner, path, tree))
  const first = Object.keys(value)[0]
  if (first === undefined) return [{ path, message: `expected ${oneOf}, got none`, onKey: false }]
  return [describeKey([...path, first], { known: variants.flat(), tree, otherwise: `expected ${oneOf}` })]
}

/** Returns true for an issue about a list: about one of its items, or about its being empty. */
function isAboutItems(issue: Issue): boolean {
  return issue.path.length > 0 || (issue.code === 'too_small' && issue.origin === 'array')
}

/** Of a mapping: what is wrong with its keys. */
function isAboutKeys(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys'
}

/** A value of the right type is wrong in another way: that counts alone. */
function plainUnion({ errors }: Extract<Issue, { code: 'invalid_union' }>): string {
  const ofType = errors.filter((inner) => !inner.some(({ code }) => code === 'invalid_type'))
  return (ofType.length > 0 ? ofType : errors).flat().map(expectation).join(' or ')
}

interface KeyOptions {
  readonly known: readonly string[]
  readonly tree: unknown
  /** What to say when no known key is near. */
  readonly otherwise?: string
}

/**
 * Describes a key that is not in the schema: a flag that the kit sets itself, a key that is planned for later, or a mistake.
 */
function describeKey(path: readonly string[], { known, tree, otherwise }: KeyOptions): ConfigProblem {
  const toCome = describeToCome(path, valueAt(tree, path))
  if (toCome !== null) return { path, message: toCome, onKey: true }
  const key = path.at(-1) ?? ''
  const flag = path.length === 2 && path[0] === 'train' ? describeFlag(key) : null
  if (flag !== null) return { path, message: flag, onKey: true }
  const nearest = findNearest(key, known)
  const parent = path.slice(0, -1)
  const hint = nearest === null ? otherwise : `did you mean ${[...parent, nearest].join('.')}?`
  return { path, message: hint === undefined ? 'unknown key' : `unknown key; ${hint}`, onKey: true }
}

/** A flag of diffusers' script that is no key under `train`. */
function describeFlag(name: string): string | null {
  const isExtra = findUpstreamArgument(name)?.set === 'extra'
  return insteadOf(name) ?? (isExtra ? `it belongs to train.extra: set train.extra.${name}` : null)
}

function describeValue(issue: Issue, value: unknown): string {
  if (value === undefined) return `required: ${expectation(issue)}`
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const nearest = findNearest(value, issue.values.map(String))
    if (nearest !== null)
      return `expected ${expectation(issue)}, got ${show(value)}; did you mean ${nearest}?`
  }
  return `expected ${expectation(issue)}, got ${show(value)}`
}

/** How messages from the schema itself begin. */
const OWN_WORDS = 'expected '

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.startsWith(OWN_WORDS)) return issue.message.slice(OWN_WORDS.length)
      return TYPE_NAMES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.length === 1
        ? String(issue.values[0])
        : `one of ${issue.values.map(String).join(', ')}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'too_small':
      if (issue.origin === 'string') return 'text that is not empty'
      if (issue.origin === 'array') return 'a list that is not empty'
      return issue.inclusive === false ? `more than ${issue.minimum}` : `at least ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return issue.message.replace(OWN_WORDS, '')
  }
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isMapping(value)) return 'a mapping'
  if (typeof value !== 'string') return JSON.stringify(value)
  return `'${value.length > 60 ? `${value.slice(0, 57)}...` : value}'`
}
