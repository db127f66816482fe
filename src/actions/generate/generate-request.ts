/** What `generate` is asked for: by flags, or by the lines of a batch file, whose keys are the flags. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UserError } from '../../errors.ts'
import { findNearest } from '../../formats/text/nearest-name.ts'
import { SIDE_MULTIPLE } from '../../trainer/drawing-program.ts'

export interface GenerateRequest {
  readonly input: RequestInput
  /** Null: the dataset's template. */
  readonly prompt: string | null
  readonly negative: string
  /** Of the first picture; the others follow. */
  readonly seed: number
  readonly count: number
  /** Null: as in training. */
  readonly faces: FacesChoice | null
  /** Null: that of the evaluation. */
  readonly guidance: number | null
  readonly scale: number
  readonly steps: number | null
  /** Pixels; null: as trained. */
  readonly size: number | null
}

export interface RequestInput {
  readonly kind: InputKind
  /** Absolute. */
  readonly file: string
  /** As the person gave it. */
  readonly given: string
}

const INPUT_KINDS = ['photo', 'conditioning', 'landmarks'] as const
export type InputKind = (typeof INPUT_KINDS)[number]

const FACES_CHOICES = ['largest', 'all'] as const
export type FacesChoice = (typeof FACES_CHOICES)[number]

/** The flags' names, with what each takes. */
const KEYS: Readonly<Record<string, 'text' | 'number'>> = {
  ...{
    photo: 'text',
    conditioning: 'text',
    landmarks: 'text',
    prompt: 'text',
    negative: 'text',
    faces: 'text',
  },
  ...{
    seed: 'number',
    count: 'number',
    guidance: 'number',
    scale: 'number',
    steps: 'number',
    size: 'number',
  },
}

type Values = Readonly<Record<string, unknown>>

/** `flags` stand for every line of the batch that does not say otherwise. Throws a UserError with the place of each mistake. */
export function planRequests(
  flags: Values,
  batch: { readonly file: string; readonly text: string } | null,
): GenerateRequest[] {
  const own = Object.fromEntries(Object.entries(flags).filter(([key]) => key in KEYS))
  if (batch === null) return [planRequest(own, null)]
  const lines = batch.text
    .split('\n')
    .flatMap((text, index) => (text.trim() === '' ? [] : [{ text, line: index + 1 }]))
  if (lines.length === 0) throw mistake(batch.file, 'has no lines')
  return lines.map(({ text, line }) => {
    const where = `${batch.file}:${line}`
    const values = parseLine(text, where)
    const named = INPUT_KINDS.some((kind) => kind in values)
    const rest = Object.entries(own).filter(([key]) => !named || !INPUT_KINDS.includes(key as InputKind))
    return planRequest({ ...Object.fromEntries(rest), ...values }, where)
  })
}

function parseLine(text: string, where: string): Values {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw mistake(where, 'is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw mistake(where, 'is no JSON object')
  for (const [key, given] of Object.entries(value)) {
    if (!(key in KEYS)) {
      const near = findNearest(key, Object.keys(KEYS))
      throw mistake(where, `has an unknown key ${key}${near === null ? '' : `; did you mean ${near}?`}`)
    }
    if (typeof given !== (KEYS[key] === 'text' ? 'string' : 'number'))
      throw mistake(where, `expected a ${KEYS[key]} for ${key}, got ${JSON.stringify(given)}`)
  }
  return value as Values
}

function planRequest(values: Values, where: string | null): GenerateRequest {
  const number = (name: string, limits: Limits): number | null =>
    readNumber(values[name], { name, where, ...limits })
  const faces = values['faces'] as string | undefined
  if (faces !== undefined && !FACES_CHOICES.some((one) => one === faces))
    throw mistake(where, `--faces takes ${FACES_CHOICES.join(' or ')}; got '${faces}'`)
  return {
    input: readInput(values, where),
    prompt: (values['prompt'] as string | undefined) ?? null,
    negative: (values['negative'] as string | undefined) ?? '',
    faces: (faces as FacesChoice | undefined) ?? null,
    seed: number('seed', { least: 0, most: 2 ** 32 - 1, whole: true }) ?? 0,
    count: number('count', { least: 1, most: 1000, whole: true }) ?? DEFAULT_COUNT,
    guidance: number('guidance', { least: 0, most: 100 }),
    scale: number('scale', { least: 0, most: 2 }) ?? 1,
    steps: number('steps', { least: 1, most: 1000, whole: true }),
    size: number('size', { least: 64, most: 2048, whole: true, multiple: SIDE_MULTIPLE }),
  }
}

const DEFAULT_COUNT = 4

function readInput(values: Values, where: string | null): RequestInput {
  const given = INPUT_KINDS.filter((kind) => values[kind] !== undefined)
  const flags = INPUT_KINDS.map((kind) => `--${kind}`)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.map((kind) => `--${kind}`).join(' and ')
    throw mistake(where, `expected one of ${flags.join(', ')}; got ${found}`)
  }
  const [kind] = given as [InputKind]
  const file = values[kind] as string
  if (file === '') throw mistake(where, `--${kind} takes a path; got ''`)
  return { kind, file: resolve(file), given: file }
}

interface Limits {
  readonly least: number
  readonly most: number
  readonly whole?: boolean
  readonly multiple?: number
}

/** Flags come as texts, batches have numbers. */
function readNumber(
  given: unknown,
  {
    name,
    where,
    least,
    most,
    whole = false,
    multiple = 1,
  }: Limits & { readonly name: string; readonly where: string | null },
): number | null {
  if (given === undefined) return null
  const value = typeof given === 'string' && given.trim() === '' ? NaN : Number(given)
  const fits =
    value >= least && value <= most && (!whole || (Number.isInteger(value) && value % multiple === 0))
  if (fits) return value
  const kind = whole ? (multiple > 1 ? `a multiple of ${multiple}` : 'a whole number') : 'a number'
  throw mistake(where, `--${name} takes ${kind} from ${least} to ${most}; got '${given as string | number}'`)
}

/** Throws a UserError (`path-missing`) where a file is not there. */
export async function requireInputs(requests: readonly GenerateRequest[]): Promise<void> {
  for (const { input } of requests) {
    const found = await stat(input.file).catch(() => null)
    if (found?.isFile() === true) continue
    const what = found === null ? 'There is no' : 'Expected a file, found a folder:'
    throw new UserError(`${what} ${input.given}.`, { reason: 'preflight', code: 'path-missing' })
  }
}

function mistake(where: string | null, message: string): UserError {
  return new UserError(
    where === null ? `${message[0]!.toUpperCase()}${message.slice(1)}.` : `${where} ${message}.`,
    {
      reason: 'usage',
      code: 'generate-request',
    },
  )
}
