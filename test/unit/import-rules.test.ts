import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/tools/package-root.ts'

/** The repository's own configuration, without the rules that need the file to be in the TypeScript project. */
const eslint = new ESLint({
  cwd: packageRoot,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
  ] as never,
})

const RULES =
  /^no-restricted-(imports|syntax|globals)$|^no-console$|^@typescript-eslint\/no-restricted-imports$/

async function refusals(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath })
  if (!result) throw new Error(`${filePath} is ignored`)
  const fatal = result.messages.find((message) => message.fatal)
  if (fatal) throw new Error(fatal.message)
  return result.messages.flatMap(({ ruleId }) => (ruleId && RULES.test(ruleId) ? [ruleId] : []))
}

const IMPORTS = 'no-restricted-imports'
const SYNTAX = 'no-restricted-syntax'
const GLOBALS = 'no-restricted-globals'

const REFUSED: [file: string, code: string, rule: string][] = [
  // files, processes, network
  ['src/dataset/x.ts', `import { readFileSync } from 'node:fs'\nreadFileSync('a')`, IMPORTS],
  ['src/dataset/x.ts', `import { readFile } from 'fs/promises'\nvoid readFile('a')`, IMPORTS],
  ['src/dataset/deep/x.ts', `export * from 'node:fs'`, IMPORTS],
  ['src/plan/x.ts', `import { spawn } from 'node:child_process'\nspawn('a')`, IMPORTS],
  ['src/plan/x.ts', `import { cpus } from 'node:os'\ncpus()`, IMPORTS],
  ['src/trainer/x.ts', `import { execa } from 'execa'\nvoid execa('a')`, IMPORTS],
  ['src/trainer/x.ts', `void fetch('https://example.org')`, GLOBALS],
  ['src/config/x.ts', `import { readText } from '../tools/files.ts'\nreadText()`, IMPORTS],
  ['src/dataset/x.ts', `void import('node:fs')`, SYNTAX],
  // clock, randomness, environment, timers
  ['src/dataset/x.ts', `export const now = Date.now()`, SYNTAX],
  ['src/plan/x.ts', `export const now = new Date()`, SYNTAX],
  ['src/dataset/x.ts', `export const seed = Math.random()`, SYNTAX],
  ['src/dataset/x.ts', `import { randomUUID } from 'node:crypto'\nrandomUUID()`, IMPORTS],
  ['src/trainer/x.ts', `setTimeout(() => undefined, 1)`, GLOBALS],
  ['src/config/x.ts', `export const home = process.env.HOME`, SYNTAX],
  ['src/plan/x.ts', `export const here = process.cwd()`, GLOBALS],
  ['src/stages/x.ts', `export const home = process.env.HOME`, SYNTAX],
  ['src/cli/x.ts', `const { env } = process\nexport const home = env.HOME`, SYNTAX],
  ['src/actions/x.ts', `import { env } from 'node:process'\nexport const home = env.HOME`, SYNTAX],
  ['src/facts.ts', `export const home = process.env.HOME`, SYNTAX],
  // rooms
  ['src/dataset/x.ts', `import { plan } from '../plan/plan.ts'\nplan()`, IMPORTS],
  ['src/trainer/x.ts', `import { draw } from '../dataset/draw.ts'\ndraw()`, IMPORTS],
  ['src/plan/x.ts', `import { STAGES } from '../stages/index.ts'\nexport { STAGES }`, IMPORTS],
  ['src/stages/x.ts', `import { createReporter } from '../ui/create-reporter.ts'\ncreateReporter()`, IMPORTS],
  ['src/tools/x.ts', `import { plan } from '../plan/plan.ts'\nplan()`, IMPORTS],
  ['src/tools/deep/x.ts', `import { plan } from '../../plan/plan.ts'\nplan()`, IMPORTS],
  ['src/tools/deep/x.ts', `import { run } from '../../run.ts'\nrun()`, IMPORTS],
  ['src/ui/x.ts', `import { readText } from '../tools/files.ts'\nreadText()`, IMPORTS],
  ['src/cli/x.ts', `import { readText } from '../tools/files.ts'\nreadText()`, IMPORTS],
  ['src/plan/x.ts', `import { gatherFacts } from '../facts.ts'\ngatherFacts()`, IMPORTS],
  ['src/actions/x.ts', `import { run } from '../run.ts'\nrun()`, IMPORTS],
  // what acts, where only the specs of a registry may be looked into
  ['src/plan/x.ts', `import { spigaSearch } from '../annotators/spiga/open.ts'\nspigaSearch.x()`, IMPORTS],
  ['src/config/x.ts', `import { openAnnotator } from '../annotators/threads/x.ts'\nopenAnnotator()`, IMPORTS],
  ['src/conditions/x.ts', `import { find } from '../annotators/picture-annotators.ts'\nfind()`, IMPORTS],
  ['src/annotators/mine/spec.ts', `import { search } from './open.ts'\nsearch()`, IMPORTS],
  ['src/annotators/mine/spec.ts', `import { x } from '../picture-annotators.ts'\nx()`, IMPORTS],
  ['src/annotators/mine/spec.ts', `import { x } from '../../tools/files/hash-file.ts'\nx()`, IMPORTS],
  ['src/annotators/mine/spec.ts', `import { stat } from 'node:fs/promises'\nvoid stat('a')`, IMPORTS],
  ['src/annotators/mine/spec.ts', `export const open = () => import('node:fs')`, SYNTAX],
  ['src/annotators/index.ts', `import { stat } from 'node:fs/promises'\nvoid stat('a')`, IMPORTS],
  // wrappers and printing
  ['src/stages/x.ts', `import sharp from 'sharp'\nsharp()`, IMPORTS],
  ['src/actions/x.ts', `import { spawn } from 'node:child_process'\nspawn('a')`, IMPORTS],
  ['src/stages/x.ts', `console.log('hello')`, 'no-console'],
  ['src/dataset/x.ts', `console.log('hello')`, 'no-console'],
]

test.each(REFUSED)('%s may not: %s', async (file, code, rule) => {
  expect(await refusals(file, code)).toContain(rule)
})

const ACCEPTED: [file: string, code: string][] = [
  ['src/faces/x.ts', `import type { Face } from './face.ts'\nexport type Faces = Face[]`],
  [
    'src/dataset/deep/x.ts',
    `import { LANDMARK_COUNT } from '../../faces/face.ts'\nexport { LANDMARK_COUNT }`,
  ],
  ['src/dataset/x.ts', `import { createHash } from 'node:crypto'\ncreateHash('sha256')`],
  ['src/dataset/x.ts', `import { join } from 'node:path/posix'\njoin('a', 'b')`],
  ['src/dataset/x.ts', `export const day = new Date('2026-11-22')`],
  ['src/config/x.ts', `import { z } from 'zod'\nz.string()`],
  ['src/config/load.ts', `import { readText } from '../tools/files.ts'\nreadText(process.env.HOME)`],
  ['src/plan/x.ts', `import type { Plan } from '../types.ts'\nexport type { Plan }`],
  ['src/plan/x.ts', `import { split } from '../dataset/annotations/split.ts'\nsplit()`],
  ['src/trainer/x.ts', `import { UserError } from '../errors.ts'\nthrow new UserError('no')`],
  ['src/stages/x.ts', `import { render } from '../trainer/render.ts'\nrender(Date.now())`],
  ['src/tools/x.ts', `import { spawn } from 'node:child_process'\nspawn(process.env.SHELL ?? 'sh')`],
  ['src/tools/x.ts', `import { LANDMARK_COUNT } from '../dataset/face.ts'\nexport { LANDMARK_COUNT }`],
  ['src/tools/x.ts', `import { cut } from '../dataset/pictures/crop.ts'\ncut()`],
  ['src/plan/x.ts', `import { ANNOTATORS } from '../annotators/index.ts'\nexport { ANNOTATORS }`],
  ['src/plan/deep/x.ts', `import { spiga } from '../../annotators/spiga/spec.ts'\nexport { spiga }`],
  ['src/annotators/mine/spec.ts', `export const open = () => import('./open.ts')`],
  [
    'src/annotators/mine/spec.ts',
    `import { kitCommand } from '../../next-step.ts'\nimport type { Spec } from '../annotator-spec.ts'\nexport const a: Spec = kitCommand()`,
  ],
  ['src/annotators/mine/open.ts', `import { stat } from 'node:fs/promises'\nvoid stat('a')`],
  ['src/ui/x.ts', `import { Listr } from 'listr2'\nnew Listr([], { ctx: process.env.NO_COLOR })`],
  ['src/cli/x.ts', `import { run } from '../run.ts'\nconsole.log(run())`],
  ['src/main.ts', `import { main } from './cli/main.ts'\nprocess.exitCode = main()`],
]

test.each(ACCEPTED)('%s may: %s', async (file, code) => {
  expect(await refusals(file, code)).toEqual([])
})
