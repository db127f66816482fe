import { expect, test } from 'vitest'
import { applyRules } from '../../../src/config/rules.ts'
import { configSchema } from '../../../src/config/schema.ts'

const problems = (hub: string) =>
  applyRules(configSchema.parse({ version: 1, name: 'x', dataset: { source: { hub } } })).map(
    ({ message }) => message,
  )

test.each([
  'user/set',
  'user/set@main',
  'a.b-c/D_e@v1.0',
  'user/set@refs/convert/parquet',
  `user/set@${'0'.repeat(40)}`,
])('%s', (hub) => expect(problems(hub)).toEqual([]))

test.each([
  ...['set', 'a/b/c', 'user/../x', '../x', 'user/set@', 'user/set@a@b', 'user/set@../x', 'user/set@a//b'],
  ...['user/set.git', 'a--b/c', 'https://huggingface.co/user/set', 'user/set@main?x', 'user /set', '.a/b'],
])('%j is refused', (hub) =>
  expect(problems(hub)).toEqual([`expected user/set or user/set@revision, got ${hub}`]),
)
