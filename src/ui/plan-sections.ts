/** The parts of the plan's print-out. */
import { kitCommand } from '../next-step.ts'
import type { Plan, PlannedStage } from '../types.ts'
import { formatAmount, formatCount } from '../words.ts'
import type { Look } from './style.ts'
import { cleanText, displayWidth, padText, wrapText, type Line } from './text.ts'

/** What drives the image, and whether others can make such a condition from any picture. */
export function conditionLines({ condition }: Plan, room: number): Line[] {
  const { title, drives, from_any_picture: tool, made } = condition
  const lines = [`${title}: ${drives}`]
  if (tool === null)
    lines.push('Nothing turns a regular picture into it: see the check condition-at-use-time.')
  else lines.push(`Any picture becomes one with: ${tool.command}`, `(${tool.cost})`)
  if (made !== null) {
    lines.push(`It made ${formatAmount(made.rows, 'row')} of your ${formatAmount(made.pictures, 'picture')}.`)
  }
  return lines.flatMap((line) => wrapText(cleanText(line), room)).map((line) => [line])
}

const SIGNS = { reuse: '=', create: '+', rebuild: '~', none: '–' } as const
const LOOKS: Record<StageRow['action'], Look | null> = {
  reuse: 'dim',
  create: null,
  rebuild: 'warn',
  none: 'dim',
}

/** `= reuse`, `+ create`, `~ rebuild`, each with its reason; neighbours that say the same share a line. */
export function stageLines({ stages }: Plan, room: number): Line[] {
  const rows = [...groupStages(stages), NOT_PUBLISHED]
  const width = Math.max(...rows.map(({ titles }) => displayWidth(titles)), 24) + 3
  return rows.flatMap((row) => stageRow(row, width, room))
}

interface StageRow {
  readonly action: PlannedStage['action'] | 'none'
  readonly titles: string
  readonly text: string
}

const NOT_PUBLISHED: StageRow = {
  action: 'none',
  titles: 'publish',
  text: 'nothing leaves this machine',
}

const LONGEST_GROUP = 44

function groupStages(stages: readonly PlannedStage[]): StageRow[] {
  const rows: StageRow[] = []
  for (const stage of stages) {
    const row = { action: stage.action, titles: cleanText(stage.title), text: explain(stage) }
    const last = rows.at(-1)
    const titles = `${last?.titles}, ${row.titles}`
    if (last?.action === row.action && last.text === row.text && titles.length <= LONGEST_GROUP) {
      rows[rows.length - 1] = { ...last, titles }
    } else rows.push(row)
  }
  return rows
}

/** A stage that is done needs its reason only; one that will run says what it makes. */
function explain({ action, reason, summary }: PlannedStage): string {
  const parts = action === 'reuse' ? [reason || summary] : [reason, summary]
  return parts
    .filter((part) => part !== '')
    .map(cleanText)
    .join(': ')
}

function stageRow({ action, titles, text }: StageRow, width: number, room: number): Line[] {
  const look = LOOKS[action]
  const [first = '', ...rest] = wrapText(text, room - width - 2)
  const head = `${SIGNS[action]} ${padText(titles, width)}`
  const below = rest.map((line): Line => [' '.repeat(width + 2), look ? [look, line] : line])
  return [look ? [[look, `${head}${first}`]] : [`${head}${first}`], ...below]
}

/** The training arithmetic; what is still an estimate has a `≈`. */
export function trainingLines(
  { training, settings_reason, config, stages, pending }: Plan,
  room: number,
): Line[] {
  if (!stages.some(({ name }) => name === 'train-controlnet')) return []
  const about = (path: string, text: string): string =>
    pending.some((value) => value.path === `/training/${path}`) ? `≈ ${text}` : text
  const { settings, checkpoints, previews } = training
  const epochs =
    config.train.max_train_steps === undefined
      ? ` in ${formatAmount(config.train.num_train_epochs, 'epoch')}`
      : ''
  const phrases = [
    `effective batch ${formatCount(training.effective_batch)} (${batchWords(settings)})`,
    about('steps_per_epoch', `${formatAmount(training.steps_per_epoch, 'step')} an epoch`),
    about('total_steps', `${formatAmount(training.total_steps, 'step')}${epochs}`),
  ]
  const cadence = [
    about('previews/every', `previews every ${formatAmount(previews.every, 'step')}`),
    about(
      'checkpoints/every',
      `checkpoints every ${formatCount(checkpoints.every)} (keeps ${config.train.checkpoints_total_limit})`,
    ),
  ]
  const rows = [
    about(
      'rows',
      `${formatCount(training.rows)} + ${formatAmount(training.validation_rows, 'row')} (training + held out)`,
    ),
    `preset ${settings.preset} on ${cleanText(settings.gpu ?? 'the CPU')}`,
    `precision ${settings.mixed_precision === 'no' ? 'fp32' : settings.mixed_precision}`,
    `learning rate ${formatSmall(config.train.learning_rate)}`,
    `engine ${config.train.engine}`,
  ]
  return [
    ...[phrases, cadence, rows].flatMap((group) => flow(group, room)),
    ...wrapText(cleanText(settings_reason), room).map((line): Line => [['dim', line]]),
    ...pendingLine(pending, stages),
  ]
}

/** 0.00001 → `1e-5` */
function formatSmall(value: number): string {
  return value < 0.001 ? value.toExponential() : String(value)
}

function batchWords({
  train_batch_size,
  gradient_accumulation_steps,
  num_processes,
  device,
}: Plan['training']['settings']): string {
  return `${train_batch_size} × ${gradient_accumulation_steps} accumulation × ${num_processes} ${device === 'cpu' ? 'CPU' : 'GPU'}`
}

/** Phrases side by side, three blanks apart, on as many lines as they need. */
export function flow(phrases: readonly string[], room: number): Line[] {
  const lines: string[] = []
  for (const phrase of phrases) {
    const last = lines.at(-1)
    const longer = `${last}   ${phrase}`
    if (last !== undefined && displayWidth(longer) <= room) lines[lines.length - 1] = longer
    else lines.push(phrase)
  }
  return lines.map((line) => [line])
}

function pendingLine(pending: Plan['pending'], stages: Plan['stages']): Line[] {
  const names = [...new Set(pending.map(({ stage }) => stage))]
  if (names.length === 0) return []
  const titles = names.map(
    (name) => stages.find((stage) => stage.name === name)?.title ?? name.replaceAll('-', ' '),
  )
  return [[['dim', `≈ an estimate until done: ${titles.map(cleanText).join(', ')}`]]]
}

interface EffectOptions {
  readonly room: number
  readonly workingDirectory: string
}

/** What it writes, and whom it talks to. */
export function effectLines({ effects }: Plan, { room, workingDirectory }: EffectOptions): Line[] {
  const writes = effects.writes.map((path) => cleanText(relativeTo(workingDirectory, path)))
  return [
    ...flow([`writes    ${writes[0] ?? 'nothing'}`, ...writes.slice(1)], room),
    ...wrapBehind('contacts  ', effects.contacts.map(cleanText).join(', ') || 'nobody', room),
    ['publishes nothing'],
  ]
}

/** A text on as many lines as it needs, all of them behind the label. */
function wrapBehind(label: string, text: string, room: number): Line[] {
  return wrapText(text, room - label.length).map((line, index) => [
    `${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  ])
}

function relativeTo(folder: string, path: string): string {
  if (folder === '' || !path.startsWith(`${folder}/`)) return path
  return path.slice(folder.length + 1)
}

/** The command that carries it out, or what stands in the way. */
export function nextLine({ checks }: Plan): Line {
  const failed = checks.filter(({ status }) => status === 'fail').length
  if (failed === 0) return [['bold', kitCommand('train')]]
  return [
    `mend ${failed === 1 ? 'the failed check' : `the ${failed} failed checks`}, then: `,
    ['bold', kitCommand('plan')],
  ]
}
