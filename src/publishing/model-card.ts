/** The README of a trained model. */
import { configuredBase, type Licence } from '../base-models/index.ts'
import { configuredSource } from '../sources/index.ts'
import { ANYWHERE, completeCommands } from '../next-step.ts'
import type { Config, Plan, TrainingMaths } from '../types.ts'
import { formatCount } from '../words.ts'

/** What a run knows of its model by the time that it is verified. */
export interface ModelCardFacts {
  readonly config: Config
  /** Its command has its slots still: `next-step.ts`. */
  readonly condition: Plan['condition']
  readonly training: TrainingMaths
  readonly kitVersion: string
  /** Commit of the base model's repository; null when it has none. */
  readonly baseCommit: string | null
  readonly dataset: {
    readonly fingerprint: string | null
    readonly train: number
    readonly validation: number
    /** Name and version of the annotator; null for ready-made pairs. */
    readonly annotator: string | null
  }
  /** The step that was chosen in place of the last one, by the evaluation; null: the last. */
  readonly chosenStep: number | null
  readonly finalLoss: number | null
  readonly parameters: number
  /** How the pictures on the card were drawn. */
  readonly check: {
    readonly prompt: string
    readonly seed: number
    readonly steps: number
    readonly scheduler: string
  }
  readonly versions: Readonly<Record<string, string>>
  /** Relative to the card. */
  readonly pictures: readonly { readonly condition: string; readonly picture: string }[]
}

/** The text of `README.md` beside a finished model: front matter for the Hub, then the facts of this run. */
export function renderModelCard(facts: ModelCardFacts): string {
  const { spec, given } = configuredBase(facts.config)
  const licence = spec.licenceOf(given)
  const sections = [
    renderFrontMatter(facts, licence),
    renderIntroduction(facts),
    renderPictures(facts),
    renderUsage(facts),
    renderTraining(facts),
    renderLimits(facts, licence),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function renderFrontMatter({ config }: ModelCardFacts, licence: Licence): string {
  const repo = repositoryOf(config)
  return [
    '---',
    `license: ${licence.id}`,
    ...(licence.name === undefined ? [] : [`license_name: ${licence.name}`]),
    ...(repo === null ? [] : [`base_model: ${JSON.stringify(repo)}`]),
    'library_name: diffusers',
    'pipeline_tag: text-to-image',
    'tags: [controlnet, diffusers, stable-diffusion, controlnet-kit]',
    '---',
  ].join('\n')
}

function renderIntroduction({ config, condition, baseCommit }: ModelCardFacts): string {
  const { spec, given } = configuredBase(config)
  return [
    `# ${config.name}`,
    '',
    `A ControlNet that steers ${spec.cardWords(given, baseCommit)} by ${condition.title} (${condition.drives}),`,
    'trained with controlnet-kit.',
  ].join('\n')
}

function repositoryOf(config: Config): string | null {
  const { spec, given } = configuredBase(config)
  return spec.hubOf(given)?.repo ?? null
}

function renderPictures({ pictures, check }: ModelCardFacts): string {
  if (pictures.length === 0) return ''
  const rows = pictures.map(({ condition, picture }) => `| ![](${condition}) | ![](${picture}) |`)
  const how = `Prompt: ${quote(check.prompt)}, seed ${check.seed}, ${check.steps} steps of ${check.scheduler}.`
  return [how, '', '| Condition, not trained on | Result |', '|---|---|', ...rows].join('\n')
}

function renderUsage({
  config,
  condition: { from_any_picture: tool },
  check,
  pictures,
}: ModelCardFacts): string {
  const base = repositoryOf(config) ?? 'PATH/TO/THE/BASE/MODEL'
  const condition = pictures[0]?.condition ?? 'condition.png'
  return [
    '## Use it',
    '',
    ...(tool === null
      ? []
      : [`A conditioning image from any picture: \`${completeCommands(tool.command, ANYWHERE)}\``, '']),
    '```python',
    'import torch',
    'from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, UniPCMultistepScheduler',
    'from diffusers.utils import load_image',
    '',
    `controlnet = ControlNetModel.from_pretrained(${python('PATH/TO/THIS/FOLDER')})`,
    `pipeline = StableDiffusionControlNetPipeline.from_pretrained(${python(base)}, controlnet=controlnet)`,
    'pipeline.scheduler = UniPCMultistepScheduler.from_config(pipeline.scheduler.config)',
    'pipeline.to("cuda" if torch.cuda.is_available() else "cpu")',
    '',
    `condition = load_image(${python(condition)})`,
    `picture = pipeline(${python(check.prompt)}, condition, num_inference_steps=${check.steps}).images[0]`,
    'picture.save("picture.png")',
    '```',
  ].join('\n')
}

function renderTraining(facts: ModelCardFacts): string {
  const { config, training, dataset, versions } = facts
  const { settings } = training
  const rows: readonly (readonly [string, string])[] = [
    ['Steps', formatSteps(facts)],
    ['Learning rate', `${config.train.learning_rate}, ${config.train.lr_scheduler}`],
    ['Last loss', facts.finalLoss === null ? 'not known' : facts.finalLoss.toPrecision(3)],
    ['Precision', settings.mixed_precision === 'no' ? 'fp32' : settings.mixed_precision],
    ['Seed', String(config.train.seed)],
    ['Trainer', config.train.engine === 'builtin' ? 'builtin' : "diffusers' `train_controlnet.py`"],
    ['Parameters', formatCount(facts.parameters)],
    [
      'Dataset',
      `${dataset.train} training and ${dataset.validation} held-out pictures of ${config.dataset.resolution} px`,
    ],
    ['Dataset fingerprint', dataset.fingerprint === null ? 'not known' : `\`${dataset.fingerprint}\``],
    ...(dataset.annotator === null ? [] : [['Annotator', dataset.annotator] as const]),
    ['Made with', `controlnet-kit ${facts.kitVersion}, ${formatVersions(versions)}`],
  ]
  return [
    '## How it was trained',
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n')
}

function formatSteps({ training, chosenStep }: ModelCardFacts): string {
  const each = `each of ${training.effective_batch} pictures`
  if (chosenStep === null) return `${training.total_steps}, ${each}`
  return `${chosenStep}, ${each}: the best of those that were evaluated in a training of ${training.total_steps}; weights of 16 bits`
}

function renderLimits({ config, training }: ModelCardFacts, licence: Licence): string {
  const { terms } = configuredSource(config.dataset.source).spec
  const limits = [
    `Trained and checked at ${config.dataset.resolution} × ${config.dataset.resolution} pixels; other sizes were not tried.`,
    ...(training.total_steps < 4000
      ? [
          `${training.total_steps} steps are few: ControlNets usually follow their condition from about 4,000 on.`,
        ]
      : []),
    'That the model loads, is finite and draws was checked; how closely it follows the condition was not measured.',
    ...(terms === null ? [] : [terms.modelLimit]),
    licence.words,
  ]
  return ['## Limits', '', ...limits.map((limit) => `- ${limit}`)].join('\n')
}

const formatVersions = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')

/** Text from a config inside Markdown: as code, so that it means nothing. */
function quote(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  if (plain === '') return '(empty)'
  return plain.includes('`') ? `\`\` ${plain} \`\`` : `\`${plain}\``
}

/** A Python string literal; JSON's are. */
const python = (text: string): string => JSON.stringify(text)
