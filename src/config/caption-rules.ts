/** What is wrong with a caption template before any picture is looked at. Pure. */
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

/** Sources that can bring columns along may name them as they like. */
const WITHOUT_COLUMNS = ['face_synthetics', 'generated']

function knownVariables(config: Config): RuleProblem[] {
  const kind = Object.keys(config.dataset.source)[0]!
  if (!WITHOUT_COLUMNS.includes(kind)) return []
  return listVariables(readTemplate(config))
    .filter((name) => !TEMPLATE_VARIABLES.includes(name))
    .map((name) => ({ path: PATH, message: `unknown variable {${name}}; ${suggest(name)}` }))
}

function suggest(name: string): string {
  const meant = suggestVariable(name, [])
  if (meant !== null) return `did you mean ${meant}?`
  return `expected ${TEMPLATE_VARIABLES.map((known) => `{${known}}`).join(', ')}`
}

/** Where no faces are looked for, nothing is known of them. */
function facesForFaceVariables(config: Config): RuleProblem[] {
  if (config.condition.kind === 'face-landmarks' || config.dataset.crop === 'face') return []
  const faces: readonly string[] = FACE_VARIABLES
  return listVariables(readTemplate(config))
    .filter((name) => faces.includes(name))
    .map((name) => ({
      path: PATH,
      message: `{${name}} needs faces: condition.kind face-landmarks, or dataset.crop: face`,
    }))
}
