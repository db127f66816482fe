/** Renders the config's JSON Schema (for editors) and its reference (for people) from `schema.ts`. */
import * as z from 'zod'

/** The part of JSON Schema that the config uses. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
}

/** Returns the schema (draft-07) of what a user may write: keys with a default are optional. */
export function renderJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  }) as JsonSchema
}

/** Renders docs/config.md: each key with type, default and description. */
export function renderConfigReference(schema: z.ZodType): string {
  const { properties = {}, required = [] } = renderJsonSchema(schema)
  const keys = Object.entries(properties)
  const single = keys.filter(([, value]) => !hasKeys(value))
  const groups = keys.filter(([, value]) => hasKeys(value))
  const sections = groups.map(([key, value]) => {
    const own = value.anyOf ? [keyRow(key, value, required.includes(key))] : []
    const rows = [...own, ...childRows(key, value)]
    return `## ${key}\n\n${value.description ?? ''}\n\n${table(rows)}`
  })
  const first = table(single.map(([key, value]) => keyRow(key, value, required.includes(key))))
  return `${INTRODUCTION}\n${[first, ...sections].join('\n')}`
}

const INTRODUCTION = `# The config: every key

Generated from \`src/config/schema.ts\` by \`node scripts/write-docs.mjs\`, like the JSON Schema beside it,
\`controlnet.schema.json\`. An unknown key is an error. A value comes from, in this order: \`--set a.b=value\`, the environment
(\`CNK_SET__a__b=value\`), the file, the default. Where only one of several keys is allowed, the key that is set replaces
the others: \`--set dataset.source.hub=me/faces\` over a file with \`folder\`. Relative paths start at the working directory.

Editors complete and check the file if its first line names a copy of the schema:

\`\`\`yaml
# yaml-language-server: $schema=./controlnet.schema.json
\`\`\`
`

interface Row {
  readonly key: string
  readonly type: string
  readonly fallback: string
  readonly description: string
}

/**
 * Returns the rows of a key and of all keys below it. For a union of objects, each member's keys are listed as alternatives.
 */
function rowsOf(key: string, schema: JsonSchema, required: boolean): Row[] {
  return [keyRow(key, schema, required), ...childRows(key, schema)]
}

function childRows(key: string, schema: JsonSchema): Row[] {
  if (schema.anyOf && hasKeys(schema)) return schema.anyOf.flatMap((member) => memberRows(key, member))
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, value]) =>
    rowsOf(`${key}.${name}`, value, required.includes(name)),
  )
}

/** A key that distinguishes a member of a union is required in the member, but not in the union. */
function memberRows(key: string, { properties = {}, required = [] }: JsonSchema): Row[] {
  return Object.entries(properties).map(([name, value]) => {
    const row = keyRow(`${key}.${name}`, value, false)
    const tellsApart = required.includes(name)
    return tellsApart ? { ...row, fallback: 'one of these' } : row
  })
}

function keyRow(key: string, schema: JsonSchema, required: boolean): Row {
  return {
    key: `\`${key}\``,
    type: typeOf(schema),
    fallback: required ? '**required**' : defaultOf(schema),
    description: schema.description ?? '',
  }
}

function hasKeys({ properties, anyOf }: JsonSchema): boolean {
  return properties !== undefined || (anyOf ?? []).some((member) => member.properties !== undefined)
}

function typeOf(schema: JsonSchema): string {
  const { anyOf, type, enum: values } = schema
  if (schema.const !== undefined) return code(schema.const)
  if (values) return values.map(code).join(', ')
  if (anyOf && !hasKeys(schema)) return anyOf.map(typeOf).join(' or ')
  if (hasKeys(schema)) return anyOf ? 'one of the keys below' : 'the keys below'
  if (type === 'boolean') return '`true`, `false`'
  if (type === 'string') return 'text'
  if (type === 'array') return 'a list'
  if (type === 'null') return '`null`'
  return `${type === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`
}

function rangeOf({ minimum, exclusiveMinimum, maximum, multipleOf }: JsonSchema): string {
  const parts = [
    ...(minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`] : []),
    ...(minimum !== undefined && maximum === undefined ? [`at least ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`above ${exclusiveMinimum}`] : []),
    ...(multipleOf !== undefined ? [`a multiple of ${multipleOf}`] : []),
  ]
  return parts.length > 0 ? `, ${parts.join(', ')}` : ''
}

function defaultOf(schema: JsonSchema): string {
  const value = schema.default
  if (value === undefined || isEmptyObject(value)) return ''
  return code(value)
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** Formats a value as in YAML. */
function code(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `\`${String(value)}\``
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${String(inner)}`)
  return `\`{ ${pairs.join(', ')} }\``
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ key, type, fallback, description }) => [key, type, fallback, description])
  const lines = [['Key', 'Type', 'Default', 'What it is'], ['---', '---', '---', '---'], ...cells]
  return `${lines.map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')}\n`
}
