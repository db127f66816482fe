/** What `evaluate` prints for people. */
import type { Evaluation, GroupStatistics } from '../evaluation/evaluation-document.ts'
import { measureOf } from '../evaluation/measures/index.ts'
import type { Statistics } from '../evaluation/statistics.ts'
import { kitCommand } from '../next-step.ts'
import { formatAmount } from '../words.ts'
import { createPaint } from './style.ts'

export function formatEvaluation(evaluation: Evaluation, { color }: { color: boolean }): string {
  const { run, step, count, drawn } = evaluation
  const paint = createPaint(color)
  const how = `${drawn.num_inference_steps} denoising steps, guidance ${drawn.guidance_scale}, seed ${drawn.seed}`
  const lines = [
    paint('bold', `${run}, step ${step}`),
    `${formatAmount(count, 'held-out condition')}; ${how}; ${drawn.device}, ${drawn.precision}`,
    ...(drawn.shrunk === null ? [] : [`fewer than there are: ${drawn.shrunk}`]),
    '',
    ...(evaluation.model === null
      ? ['Nothing measures how closely such a model follows its condition.']
      : figures(evaluation)),
  ]
  return lines.join('\n').trimEnd()
}

const COLUMNS = [16, 18, 10, 13, 9, 0]

function figures(evaluation: Evaluation): string[] {
  const { measure, best, step, steps } = evaluation
  const { title, reads, words } = measureOf(measure)!
  const ofFaces = reads === 'faces'
  const head = ofFaces
    ? [title, 'mean', 'median', 'under 8 %', 'found', 'penalised']
    : [title, 'mean', 'median']
  const rows = (['model', 'floor', 'baseline', 'chance'] as const).flatMap((name) => {
    const one = evaluation[name]
    return one === null ? [] : [rowOf(name, one, ofFaces)]
  })
  const few =
    evaluation.count < 8 ? ['', `So few conditions (${evaluation.count}) say little about others.`] : []
  return [
    formatRow(head),
    ...rows.map(formatRow),
    ...few,
    '',
    ...sections(evaluation),
    ...(best === null || best === step
      ? []
      : ['', `Step ${best} is better: ${kitCommand('evaluate', { flags: { best: true } })}`]),
    '',
    `${words[0]!.toUpperCase()}${words.slice(1)}. docs/evaluate.md says when not to believe it.`,
  ].filter((line, index, all) => line !== '' || all[index - 1] !== '' || steps.length > 1)
}

function rowOf(name: string, one: Statistics, ofFaces: boolean): string[] {
  const spread =
    one.low === null || one.high === null || one.low === one.high
      ? ''
      : ` ± ${percent((one.high - one.low) / 2)}`
  const mean = one.mean === null ? 'none found' : `${percent(one.mean)} %${spread}`
  const plain = [name, mean, share(one.median)]
  return ofFaces ? [...plain, share(one.under_008), share(one.detected), share(one.penalised)] : plain
}

function formatRow(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(COLUMNS[index] ?? 0))
    .join('')
    .trimEnd()
}

function sections({ parts, poses, tones, steps }: Evaluation): string[] {
  const found = parts === null ? [] : Object.entries(parts).filter(([, value]) => value !== null)
  const curve = steps.map(
    ({ step, mean, detected }) =>
      `${step}: ${share(mean)}${detected < 1 ? ` (${share(detected)} found)` : ''}`,
  )
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['parts', found.map(([name, value]) => `${name} ${share(value)}`)],
    ['poses', groups(poses)],
    ['skin tones', groups(tones)],
    ['over steps', steps.length > 1 ? curve : []],
  ]
  return table.flatMap(([name, texts]) =>
    texts.length === 0 ? [] : [`${name.padEnd(COLUMNS[0]!)}${texts.join('   ')}`],
  )
}

/** With the number of faces: few say little. */
function groups(all: readonly GroupStatistics<string>[]): string[] {
  return all.flatMap(({ group, count, mean }) =>
    count === 0 ? [] : [`${group} ${share(mean)} (n = ${count})`],
  )
}

function share(value: number | null): string {
  return value === null ? '–' : `${percent(value)} %`
}

function percent(value: number): string {
  return (value * 100).toFixed(1)
}
