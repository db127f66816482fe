/** What `status` shows. */
import { kitCommand } from '../next-step.ts'
import type { ObservedRun } from '../run-status.ts'
import { formatAmount, formatCount } from '../words.ts'
import { formatClock, formatDuration, formatLoss, formatPercent, formatRate } from './format.ts'
import { createPaint } from './style.ts'
import { cleanText, wrapText } from './text.ts'

interface Look {
  readonly color: boolean
  readonly columns: number
  readonly nowMs: number
  /** The run folder as the person sees it. */
  readonly folder: string
}

/** Without a line end. */
export function formatRunStatus(view: ObservedRun, { color, columns, nowMs, folder }: Look): string {
  const paint = createPaint(color)
  const rows: readonly Row[] = [
    ['Run', `${folder}/`],
    ['State', describeState(view)],
    ...(view.problem === null ? [] : [['Problem', view.problem] as const]),
    ...describeTraining(view, nowMs),
    [
      'Checkpoint',
      view.status.checkpoint === null ? 'none yet' : `step ${formatCount(view.status.checkpoint)}`,
    ],
    ['Times', describeTimes(view, nowMs)],
    ...nextCommands(view, folder).map((command, index) => [index === 0 ? 'Next' : '', command] as const),
  ]
  const width = Math.max(...rows.map(([label]) => label.length)) + 3
  const lines = rows.flatMap(([label, text]) =>
    wrapText(cleanText(text), columns - width).map(
      (line, index) => paint('bold', (index === 0 ? label : '').padEnd(width)) + line,
    ),
  )
  return [paint('bold', cleanText(view.name)), ...lines].join('\n')
}

type Row = readonly [label: string, text: string]

function describeState({ status, wasKilled, isElsewhere }: ObservedRun): string {
  const { pid, host, stage, exitReason } = status
  const where = stage === null ? '' : `, ${stage.replaceAll('-', ' ')}`
  if (wasKilled) return `killed: its process is gone, or the machine was restarted${where}`
  if (status.status === 'running')
    return isElsewhere
      ? `running on ${host ?? 'another machine'}${where}`
      : `running, process ${pid ?? ''}${where}`
  const why = exitReason === null || exitReason === status.status ? '' : ` (${exitReason})`
  return `${status.status}${why}`
}

function describeTraining({ status }: ObservedRun, nowMs: number): Row[] {
  const { step, total, loss, steps_per_s, eta_s } = status
  if (step === null) return []
  const share = total === null ? '' : ` of ${formatCount(total)} (${formatPercent(step, total)})`
  const left =
    eta_s === null ? null : `${formatDuration(eta_s)} left (${formatClock(nowMs + eta_s * 1000, nowMs)})`
  const parts = [
    `${formatCount(step)}${share}`,
    ...(loss === null ? [] : [`loss ${formatLoss(loss)}`]),
    ...(steps_per_s === null ? [] : [formatRate(1 / steps_per_s, 'steps')]),
    ...(left === null ? [] : [left]),
  ]
  return [['Step', parts.join('   ')]]
}

function describeTimes({ status }: ObservedRun, nowMs: number): string {
  const { started_at, updated_at, attempts } = status
  const when = (time: string): string => formatClock(Date.parse(time), nowMs)
  return [
    ...(started_at === null ? [] : [`started ${when(started_at)}`]),
    ...(updated_at === null
      ? []
      : [`last sign of life ${when(updated_at)}, ${formatDuration(secondsSince(updated_at, nowMs))} ago`]),
    ...(attempts > 1 ? [formatAmount(attempts, 'attempt')] : []),
  ].join('   ')
}

const secondsSince = (time: string, nowMs: number): number => Math.max(0, (nowMs - Date.parse(time)) / 1000)

function nextCommands({ status, isElsewhere }: ObservedRun, folder: string): string[] {
  const follow = kitCommand('logs', { flags: { follow: true } })
  switch (status.status) {
    case 'running':
      return isElsewhere ? [follow] : [follow, kitCommand('stop')]
    case 'done':
      return [`its model is in ${folder}/model/`]
    case 'failed':
    case 'stopped':
      return [kitCommand('resume'), kitCommand('logs')]
  }
}
