/**
 * Reads `controlnet.yaml`, applies the overrides and checks the result. All problems are reported at once, each with its place.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isMap, isScalar, LineCounter, parse, parseDocument, type Document, type Node } from 'yaml'
import { UserError, type Problem } from '../errors.ts'
import { findNearest } from '../formats/text/nearest-name.ts'
import { kitCommand, setWords } from '../next-step.ts'
import { withCaptionDefault } from './caption-default.ts'
import { describeIssues, type ConfigProblem } from './issues.ts'
import { parseSetFlag, parseSetVariables, valueAt, withValue, type Override } from './overrides.ts'
import { applyRules } from './rules.ts'
import { withoutAlternatives } from './schema-shape.ts'
import { configSchema, type Config } from './schema.ts'

export interface LoadedConfig {
  readonly file: string
  readonly config: Config
  /** Overrides from the environment and from flags, as `a.b=value`. */
  readonly overrides: readonly string[]
  /** Returns the place of a key: `face.yaml:14:15`, `--set a.b`, or the file when the key is not set anywhere. */
  readonly locate: (path: readonly string[], onKey?: boolean) => string
}

/** Commands read this file when none is named. */
const DEFAULT_FILE = 'controlnet.yaml'

const MAX_BYTES = 1_000_000

export async function loadConfig(file: string, setFlags: readonly string[]): Promise<LoadedConfig> {
  const text = await readConfigFile(file)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    strict: true,
    uniqueKeys: true,
    version: '1.2',
    merge: false,
    lineCounter: lines,
  })
  const syntax = [...document.errors, ...document.warnings].map((mistake): Problem => {
    const { line, col } = lines.linePos(mistake.pos[0])
    return { where: `${file}:${line}:${col}`, path: null, message: firstLine(mistake.message) }
  })
  if (syntax.length > 0) throw configError(file, syntax)

  const overrides = readOverrides(setFlags)
  const locate = locator({ file, document, lines, overrides })
  const fromFile: unknown = document.toJS({ maxAliasCount: 50 }) ?? {}
  const tree = overrides.reduce(withOverride, fromFile)
  return {
    file,
    config: checkConfig(file, withCaptionDefault(tree), locate),
    overrides: overrides.map(formatOverride),
    locate,
  }
}

/** Applies `--set` overrides to a complete config and checks it again. Problems are reported at the overrides. */
export function overrideConfig(config: Config, setFlags: readonly string[], file: string): LoadedConfig {
  const overrides = setFlags.map(readSetFlag)
  const locate: LoadedConfig['locate'] = (path) =>
    overrides.findLast(({ path: set }) => path.every((key, index) => key === set[index]))?.where ?? file
  const tree = overrides.reduce<unknown>(withOverride, config)
  return {
    file,
    config: checkConfig(file, tree, locate),
    overrides: overrides.map(formatOverride),
    locate,
  }
}

function checkConfig(file: string, tree: unknown, locate: LoadedConfig['locate']): Config {
  const parsed = configSchema.safeParse(tree)
  const problems: readonly ConfigProblem[] = parsed.success
    ? applyRules(parsed.data).map((problem) => ({ ...problem, onKey: false }))
    : describeIssues(parsed.error.issues, tree)
  if (problems.length === 0 && parsed.success) return deepFreeze(parsed.data)
  throw configError(
    file,
    problems.map(({ path, message, onKey }) => ({
      where: locate(path, onKey),
      path: path.join('.'),
      message,
    })),
  )
}

function configError(file: string, problems: readonly Problem[]): UserError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new UserError(`${file} has ${count}`, {
    reason: 'usage',
    code: 'config',
    problems,
    hint: `Mend ${problems.length === 1 ? 'it' : 'them'}, then: ${kitCommand('plan', { words: file === DEFAULT_FILE ? [] : [file] })}`,
  })
}

async function readConfigFile(file: string): Promise<string> {
  const info = await stat(file).catch(() => null)
  if (info === null) {
    throw new UserError(`There is no ${file} here.`, {
      reason: 'preflight',
      code: 'config-missing',
      hint: await adviseConfig(file),
    })
  }
  if (!info.isFile())
    throw new UserError(`${file} is not a file.`, {
      reason: 'preflight',
      code: 'config-missing',
      hint: 'Name a YAML file.',
    })
  if (info.size > MAX_BYTES)
    throw new UserError(`${file} has ${info.size} bytes; a config has at most ${MAX_BYTES}.`, {
      reason: 'usage',
    })
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new UserError(`${file} can't be read: ${(cause as Error).message}`, {
      reason: 'preflight',
      code: 'config-unreadable',
      cause,
    })
  }
}

/** Returns the `runs` folder that a config names, even when other keys are invalid; null when the file does not exist. */
export async function readRunsKey(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const fromFile: unknown = parseDocument(text).toJS({ maxAliasCount: 50 }) ?? {}
  const overrides = parseSetVariables(process.env).filter(({ path }) => path.join('.') === 'runs')
  const runs = valueAt(overrides.reduce(withOverride, fromFile), ['runs'])
  return typeof runs === 'string' && runs !== '' ? runs : DEFAULT_RUNS
}

/** The same default as in the schema. */
const DEFAULT_RUNS = './runs'

/** Suggests another config file, or to write one. */
async function adviseConfig(file: string): Promise<string> {
  const files = await readdir(dirname(file)).catch(() => [])
  const there = files.filter((name) => /\.ya?ml$/.test(name)).sort()
  const near = findNearest(basename(file), there) ?? there[0]
  const named = near === undefined ? 'CONFIG' : join(dirname(file), near)
  const other = `name yours: ${kitCommand('plan', { words: [named] })}`
  return file === DEFAULT_FILE
    ? `Write one: ${kitCommand('init')}, or ${other}`
    : `Correct the name, or ${other}`
}

function readOverrides(setFlags: readonly string[]): Override[] {
  return [...parseSetVariables(process.env), ...setFlags.map(readSetFlag)]
}

function readSetFlag(argument: string): Override {
  const override = parseSetFlag(argument)
  if (override !== null) return override
  throw new UserError(`--set takes key=value, got '${argument}'.`, {
    reason: 'usage',
    hint: `For example: ${setWords({ 'train.learning_rate': '2e-5' })}`,
  })
}

const formatOverride = ({ path, text }: Override): string => `${path.join('.')}=${text}`

/** Returns the config with one override applied. */
function withOverride(tree: unknown, override: Override): unknown {
  const { path } = override
  return withValue(withoutAlternatives(tree, path), path, readYaml(override))
}

function readYaml({ text, where }: Override): unknown {
  try {
    return parse(text, { version: '1.2' }) as unknown
  } catch (cause) {
    const problem = { where, path: null, message: firstLine((cause as Error).message) }
    throw new UserError(`${where} is not a YAML value`, {
      reason: 'usage',
      problems: [problem],
      hint: 'Quote it: --set \'name="a: b"\'',
      cause,
    })
  }
}

interface LocatorOptions {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
  readonly overrides: readonly Override[]
}

function locator({ file, document, lines, overrides }: LocatorOptions): LoadedConfig['locate'] {
  return (path, onKey = false) => {
    const override = overrides.findLast(({ path: set }) => set.every((key, index) => key === path[index]))
    if (override !== undefined) return override.where
    const node = nodeAt(document.contents, path, onKey)
    if (node === null || !node.range) {
      const below = overrides.find(({ path: set }) => path.every((key, index) => key === set[index]))
      return below?.where ?? file
    }
    const { line, col } = lines.linePos(node.range[0])
    return `${file}:${line}:${col}`
  }
}

/** Returns the YAML node for the longest existing part of the path: its value, or its key. */
function nodeAt(contents: unknown, path: readonly string[], onKey: boolean): Node | null {
  let found: Node | null = null
  let current = contents
  for (const [index, key] of path.entries()) {
    if (!isMap(current)) break
    const pair = current.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    if (pair === undefined) break
    const last = index === path.length - 1
    found = ((last && !onKey ? pair.value : pair.key) ?? pair.key) as Node
    current = pair.value
  }
  return found
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
