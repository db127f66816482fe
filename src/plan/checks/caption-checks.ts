import { splitCommand } from '../../trainer/captions/captioner.ts'
import { BLIP } from '../../environment/pins.ts'
import type { Check, PlanContext, PlannedStage } from '../../types.ts'

/** Whether the program that writes the captions is there. */
export function checkCaptioner(
  { config, facts: { captioner } }: PlanContext,
  stages: readonly PlannedStage[],
): Check[] {
  const { captions } = config.dataset
  const runs = stages.some(({ name, action }) => name === 'annotate-images' && action !== 'reuse')
  if (!runs || captioner === null) return []
  if ('command' in captions && captioner.kind === 'command')
    return checkProgram(captions.command, captioner.file)
  return captioner.kind === 'blip' ? checkModel(captioner) : []
}

function checkProgram(command: string | readonly string[], file: string | null): Check[] {
  const base = { code: 'caption-command-missing', path: 'dataset.captions.command', expected: 'a program' }
  if (file !== null) return [{ ...base, code: 'caption-command', status: 'pass', found: file, remedy: '' }]
  const [program] = splitCommand(command)
  const isPath = program.includes('/')
  const found = isPath ? `${program} is no file that may be run` : `there is no ${program} on PATH`
  const isLine = typeof command === 'string' && /\s/.test(command.trim())
  const remedy = isLine
    ? `Write its words as a list: command: ${formatList(command)}`
    : isPath
      ? 'Mend the path (relative ones start at the working directory), or chmod +x it.'
      : 'Install it, or name its path: ./caption.py'
  return [{ ...base, status: 'fail', found, remedy }]
}

function formatList(line: string): string {
  return `[${line.trim().split(/\s+/).join(', ')}]`
}

function checkModel({ folder, isThere }: { folder: string | null; isThere: boolean }): Check[] {
  if (folder === null || isThere) return []
  return [
    {
      code: 'caption-model-missing',
      path: 'dataset.captions.model',
      status: 'fail',
      found: `CNK_BLIP_MODEL names ${folder}, which has no config.json and model.safetensors`,
      expected: 'a folder with a BLIP captioning model',
      remedy: `Name a copy of ${BLIP.repo}, or unset CNK_BLIP_MODEL: it is fetched.`,
    },
  ]
}
