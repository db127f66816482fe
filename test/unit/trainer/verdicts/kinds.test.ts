/** docs/training.md has a line for every verdict, with the exit code that it leads to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EXIT_CODES } from '../../../../src/errors.ts'
import { packageRoot } from '../../../../src/tools/package-root.ts'
import { FAILURE_KINDS } from '../../../../src/trainer/verdicts/kinds/index.ts'
import { PATIENCE } from '../../../../src/trainer/watch/patience.ts'

const docs = readFileSync(join(packageRoot, 'docs/training.md'), 'utf8')

/** `code exit` of every verdict that the kit's own checks give; the tests of the checks show them. */
const OF_CHECKS = ['plan-mismatch 6', 'loss-nan 6', 'loss-exploded 6', 'training-stalled 6']

it('every verdict has its line in the docs', () => {
  const rows = [...docs.matchAll(/^\| `([a-z-]+)` \| (\d+) \| /gm)].map(([, code, exit]) => `${code} ${exit}`)
  const kinds = FAILURE_KINDS.map(({ code, reason = 'training' }) => `${code} ${EXIT_CODES[reason]}`)
  expect(rows.toSorted()).toEqual([...new Set([...kinds, ...OF_CHECKS])].sort())
})

it('the docs tell the patience with each phase', () => {
  const table = docs.slice(docs.indexOf('| Phase | Times'), docs.indexOf('After a third of it'))
  const times = [...table.matchAll(/^\| [^|]+ \| (\d+)/gm)].map(([, number]) => Number(number))
  expect(times).toEqual(Object.values(PATIENCE).map((one) => one.times))
})
