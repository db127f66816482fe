/** Whether the training script is there and takes the flags that it is given. Pure. */
import { resolve } from 'node:path'
import { environmentKindOf } from '../../environment/kinds.ts'
import { hasVariant } from '../../trainer/base-model/base-model-weights.ts'
import { findUnknownFlags } from '../../trainer/check-flags.ts'
import { findScriptProblems } from '../../trainer/extra-flags.ts'
import { findUpstreamArgument } from '../../trainer/upstream-arguments.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'
import { isActive } from '../active-stages.ts'

/** A local copy of diffusers' script, by its text. */
export function checkScript(context: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { config, facts } = context
  const { script } = config.train
  if (script === undefined || !isActive(stages, ['train-controlnet'])) return []
  if (facts.files[resolve(facts.workingDirectory, script)]?.kind !== 'file') return [missingScript(script)]
  return facts.script === null ? [] : [...checkExtra(context), ...checkOwnFlags(script, context, stages)]
}

function missingScript(script: string): Check {
  return {
    code: 'train-script',
    path: 'train.script',
    status: 'fail',
    found: `${script} is no file`,
    expected: 'a file',
    remedy: "Name a copy of diffusers' train_controlnet.py, or leave train.script out.",
  }
}

function checkExtra({ config: { train }, facts }: PlanContext): Check[] {
  return findScriptProblems(train.extra, facts.script!).map(({ name, message }) => ({
    code: 'trainer-flags',
    path: `train.extra.${name}`,
    status: 'fail',
    found: message,
    expected: `a flag of ${train.script}`,
    remedy: 'Mend train.extra.',
  }))
}

/** The flags that the kit itself passes. */
function checkOwnFlags(
  script: string,
  { config, facts, paths }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const args = stages.find(({ name }) => name === 'train-controlnet')?.commands[0]?.args ?? []
  const own = args.slice(args.indexOf(paths.trainerScript) + 1)
  const known = new Set(facts.script!.arguments.map(({ name }) => `--${name}`))
  const unknown = findUnknownFlags(own, known).filter((flag) => !(flag.slice(2) in config.train.extra))
  if (unknown.length === 0) return []
  return [
    {
      code: 'trainer-flags',
      path: 'train.script',
      status: 'fail',
      found: `${script} does not take ${unknown.join(', ')}`,
      expected: "a copy of diffusers' train_controlnet.py",
      remedy: 'Leave train.script out, or name another copy.',
    },
  ]
}

/** `train.extra.variant`: the weights of every part must be there in it. */
export function checkVariant({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  const { variant } = config.train.extra
  const { base_model: model } = config
  if (typeof variant !== 'string' || !('folder' in model) || facts.baseModel === null) return []
  if (!isActive(stages, ['train-controlnet', 'verify-model']) || hasVariant(facts.baseModel, variant))
    return []
  return [
    {
      code: 'base-model-variant',
      path: 'train.extra.variant',
      status: 'fail',
      found: `not every part of ${model.folder} has weights of the variant ${variant}`,
      expected: `unet, vae and text_encoder with .${variant}.safetensors`,
      remedy: 'Leave train.extra.variant out: the variant that is there is found.',
    },
  ]
}

/** Flags that need a package which the pinned environment does not have. */
export function checkExtraPackages({ config, facts }: PlanContext, stages: readonly PlannedStage[]): Check[] {
  if (!isActive(stages, ['train-controlnet'])) return []
  return Object.entries(config.train.extra).flatMap(([name, value]): Check[] => {
    const needs = findUpstreamArgument(name)?.needs
    if (needs === undefined || value === false) return []
    const isBrought = !environmentKindOf(config).isMade && facts.ownPython?.ok === true
    if (isBrought && needs in facts.ownPython.packages) return []
    const where = isBrought ? facts.ownPython.file : 'the pinned environment'
    return [
      {
        code: 'package-missing',
        path: `train.extra.${name}`,
        status: 'fail',
        found: `${where} has no ${needs}`,
        expected: `${needs}, which this flag needs`,
        remedy: "Leave the flag out: torch's own attention takes as little memory.",
      },
    ]
  })
}
