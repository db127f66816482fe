/** The folder of a trained model: weights, card, pictures. */
import { chmod, copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { conditionOf } from '../../conditions/index.ts'
import type { ChosenStep } from '../../tools/runs/chosen-step.ts'
import { readMetrics } from '../../tools/runs/metrics-file.ts'
import { renderModelCard } from '../../publishing/model-card.ts'
import type { StageContext } from '../../types.ts'

/** What `python/verify_model.py` prints. */
export interface Verification {
  readonly parameters: number
  readonly config: Readonly<Record<string, unknown>>
  readonly pictures: readonly { readonly path: string; readonly condition: string }[]
  readonly prompt: string
  readonly seed: number
  readonly steps: number
  readonly scheduler: string
  readonly versions: Readonly<Record<string, string>>
}

/** Makes `{run}/model`: weights, config, card and pictures, under a hidden name that is renamed when all is there. */
export async function writeModelFolder(
  context: StageContext,
  { answer, chosen }: { readonly answer: Verification; readonly chosen: ChosenStep | null },
): Promise<void> {
  const { paths } = context
  const weights = chosen?.folder ?? paths.output
  const partial = join(paths.run, '.model.partial')
  await rm(partial, { recursive: true, force: true })
  await mkdir(join(partial, 'images'), { recursive: true })
  await writeConfig(join(weights, 'config.json'), join(partial, 'config.json'))
  await placeWeights(weights, partial)
  const pictures = []
  for (const [index, { path, condition }] of answer.pictures.entries()) {
    const names = { condition: `images/condition-${index}.png`, picture: `images/picture-${index}.png` }
    await copyFile(condition, join(partial, names.condition))
    await copyFile(path, join(partial, names.picture))
    pictures.push(names)
  }
  await writeFile(join(partial, 'README.md'), await makeCard(context, { check: answer, chosen, pictures }))
  await rm(paths.model, { recursive: true, force: true })
  await rename(partial, paths.model)
}

/** Without the path of the base model on this machine. */
async function writeConfig(from: string, to: string): Promise<void> {
  const { _name_or_path: _, ...config } = JSON.parse(await readFile(from, 'utf8')) as Record<string, unknown>
  await writeFile(to, `${JSON.stringify(config, null, 2)}\n`)
}

/** One file with two names where the file system can: weights are large. safetensors writes them for their owner only. */
async function placeWeights(output: string, model: string): Promise<void> {
  const [from, to] = [output, model].map((folder) => join(folder, 'diffusion_pytorch_model.safetensors')) as [
    string,
    string,
  ]
  await link(from, to).catch(() => copyFile(from, to))
  await chmod(to, 0o644)
}

interface Made {
  readonly check: Verification
  readonly chosen: ChosenStep | null
  readonly pictures: readonly { readonly condition: string; readonly picture: string }[]
}

async function makeCard(
  { config, paths, facts, plan }: StageContext,
  { check, chosen, pictures }: Made,
): Promise<string> {
  const tool = conditionOf(config.condition.kind).fromAnyPicture(config.condition)
  const manifest = await readJson(paths.manifest)
  const source = await readJson(join(paths.baseModel, 'source.json'))
  const annotator = manifest?.['annotator'] as { identity?: string } | undefined
  return renderModelCard({
    config,
    condition: { ...plan.condition, from_any_picture: tool },
    training: plan.training,
    kitVersion: facts.kitVersion,
    baseCommit: textOrNull(source?.['commit']),
    dataset: {
      fingerprint: textOrNull(manifest?.['fingerprint']),
      train: plan.training.rows,
      validation: plan.training.validation_rows,
      annotator: textOrNull(annotator?.identity),
    },
    chosenStep: chosen?.step ?? null,
    finalLoss: readMetrics(join(paths.run, 'metrics.ndjson')).at(-1)?.loss ?? null,
    parameters: check.parameters,
    check,
    versions: check.versions,
    pictures,
  })
}

async function readJson(file: string): Promise<Record<string, unknown> | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>)
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
