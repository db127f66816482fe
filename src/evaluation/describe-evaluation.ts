import { formatAmount } from '../words.ts'
import type { Evaluation } from './evaluation-document.ts'
import { measureOf } from './measures/index.ts'
import type { Statistics } from './statistics.ts'

/** `landmark error 6.8 % ± 0.5 (floor 4.1, baseline 31.0, chance 38.2)   64 faces, 63 found`: what a person reads first. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { model, measure: name, count, best, step } = evaluation
  const measure = measureOf(name)
  if (measure === null || model === null)
    return `${formatAmount(count, 'picture')} drawn; nothing measures how closely such a model follows its condition`
  const ofFaces = measure.reads === 'faces'
  if (model.mean === null) return `${nothingFound(count)}${formatOthers(evaluation, ofFaces)}`
  const counted = ofFaces
    ? `${formatAmount(count, 'face')}, ${formatFound(model, count)} found`
    : formatAmount(count, 'picture')
  const notes = [counted, ...(count === 1 ? ['a single one says little'] : []), ...betterStep(best, step)]
  return `${measure.title} ${formatShare(model.mean)} %${formatSpread(model)}${formatOthers(evaluation, ofFaces)}   ${notes.join('; ')}`
}

function nothingFound(count: number): string {
  const where = count === 1 ? 'in the picture' : `in any of ${count} pictures`
  return `no face was found ${where}, so there is no landmark error to tell`
}

/** Cases may have several faces; for one each, this is the number of faces. */
function formatFound({ detected }: Statistics, count: number): string {
  return String(Math.round(detected * count))
}

function formatSpread({ low, high }: Statistics): string {
  return low === null || high === null || low === high ? '' : ` ± ${formatShare((high - low) / 2)}`
}

function formatOthers({ floor, baseline, chance }: Evaluation, ofFaces: boolean): string {
  const others = [
    ['floor', floor],
    ['baseline', baseline],
    ['chance', chance],
  ] as const
  const parts = others.flatMap(([name, figures]) => {
    if (figures === null) return []
    if (figures.mean !== null) return [`${name} ${formatShare(figures.mean)}`]
    return ofFaces && name !== 'chance' ? [`${name}: no face found`] : []
  })
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function betterStep(best: number | null, step: number): string[] {
  return best === null || best === step ? [] : [`step ${best} was better`]
}

/** Per cent with one decimal. */
function formatShare(value: number): string {
  return (value * 100).toFixed(1)
}
