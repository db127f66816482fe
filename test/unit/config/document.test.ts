import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { renderConfigReference, renderJsonSchema } from '../../../src/config/document.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { packageRoot } from '../../../src/tools/package-root.ts'

const read = (name: string): string => readFileSync(join(packageRoot, 'docs', name), 'utf8')

test('docs/config.md is the one made from the schema (else: npm run build && node scripts/write-docs.mjs)', () => {
  expect(read('config.md')).toBe(renderConfigReference(configSchema))
})

test('docs/controlnet.schema.json is the one made from the schema', () => {
  expect(JSON.parse(read('controlnet.schema.json'))).toEqual(renderJsonSchema(configSchema))
})

const small = z.strictObject({
  name: z.string().describe('A | name.'),
  side: z.int().min(64).max(2048).multipleOf(8).default(512).describe('Pixels.'),
  rate: z.number().positive().optional().describe('Per step.'),
  group: z
    .strictObject({ on: z.boolean().default(true).describe('Whether.') })
    .prefault({})
    .describe('A group.'),
  source: z
    .union([
      z.strictObject({ folder: z.string().describe('A folder.') }),
      z.strictObject({ made: z.int().min(1), kind: z.enum(['a', 'b']).default('a').describe('Which.') }),
    ])
    .describe('Where from.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1)])
    .default('auto')
    .describe('How many.'),
})

test('the reference lists every key with type, default and meaning', () => {
  const tables = renderConfigReference(small).split('```').at(-1)?.trim()
  expect(tables).toBe(
    `
| Key | Type | Default | What it is |
| --- | --- | --- | --- |
| \`name\` | text | **required** | A \\| name. |
| \`side\` | whole number, 64 to 2048, a multiple of 8 | \`512\` | Pixels. |
| \`rate\` | number, above 0 |  | Per step. |
| \`workers\` | \`auto\` or whole number, at least 1 | \`auto\` | How many. |

## group

A group.

| Key | Type | Default | What it is |
| --- | --- | --- | --- |
| \`group.on\` | \`true\`, \`false\` | \`true\` | Whether. |

## source

Where from.

| Key | Type | Default | What it is |
| --- | --- | --- | --- |
| \`source\` | one of the keys below | **required** | Where from. |
| \`source.folder\` | text | one of these | A folder. |
| \`source.made\` | whole number, at least 1 | one of these |  |
| \`source.kind\` | \`a\`, \`b\` | \`a\` | Which. |`.trim(),
  )
})

test('the JSON Schema asks for the required keys only, and refuses unknown ones', () => {
  expect(renderJsonSchema(small)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['name', 'source'],
    additionalProperties: false,
  })
  expect(JSON.stringify(renderJsonSchema(configSchema))).not.toContain(String(Number.MAX_SAFE_INTEGER))
})

test('every key of the config has a description', () => {
  const rows = renderConfigReference(configSchema)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows.length).toBeGreaterThan(60)
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([])
})
