/** Checks the caption template before any picture is read. Pure. */
import { configuredSource } from '../sources/index.ts'
import { formatOr } from '../choices.ts'
import { LANDMARK_KINDS } from '../conditions/index.ts'
import { needsFaces } from '../conditions/needs-faces.ts'
import {
  FACE_VARIABLES,
  listVariables,
  parseTemplate,
  TEMPLATE_VARIABLES,
} from '../dataset/captions/caption-template.ts'
import { suggestVariable } from '../formats/text/nearest-name.ts'
import type { RuleProblem } from './rule-problem.ts'
import type { Config } from './schema.ts'

export const CAPTION_RULES: readonly ((config: Config) => RuleProblem[])[] = [
  readableTemplate,
  knownVariables,
  facesForFaceVariables,
]

const PATH = ['dataset', 'captions', 'template']

function readTemplate({ dataset: { captions } }: Config): string {
  return 'template' in captions ? captions.template : ''
}

function readableTemplate(config: Config): RuleProblem[] {
  const parsed = parseTemplate(readTemplate(config))
  return 'problem' in parsed ? [{ path: PATH, message: parsed.problem }] : []
}

/** Sources with columns may use any variable name. */
function knownVariables(config: Config): RuleProblem[] {
  if (configuredSource(config.dataset.source).spec.columns !== null) return []
  return listVariables(readTemplate(config))
    .filter((name) => !TEMPLATE_VARIABLES.includes(name))
    .map((name) => ({ path: PATH, message: `unknown variable {${name}}; ${suggest(name)}` }))
}

function suggest(name: string): string {
  const meant = suggestVariable(name, [])
  if (meant !== null) return `did you mean ${meant}?`
  return `expected ${TEMPLATE_VARIABLES.map((known) => `{${known}}`).join(', ')}`
}

/** Without faces the face variables would always be empty. */
function facesForFaceVariables(config: Config): RuleProblem[] {
  if (needsFaces(config)) return []
  const faces: readonly string[] = FACE_VARIABLES
  return listVariables(readTemplate(config))
    .filter((name) => faces.includes(name))
    .map((name) => ({
      path: PATH,
      message: `{${name}} needs faces: condition.kind ${formatOr(LANDMARK_KINDS)}, or dataset.crop: face`,
    }))
}
