/** The plan as a person reads it. */
import type { Plan } from '../types.ts'
import { formatCommands, programLines } from './print-commands.ts'
import { conditionLines, effectLines, nextLine, stageLines, trainingLines } from './plan-sections.ts'
import { costLines, costTable, diskLines, timeLines } from './estimate-lines.ts'
import { checkLines } from './check-lines.ts'
import { memoryLines } from './memory-lines.ts'
import { createPaint } from './style.ts'
import { cleanText, justify, paintLine, type Line } from './text.ts'

export interface FormatPlanOptions {
  readonly color: boolean
  readonly columns: number
  /** Absolute; paths below it are shown relative to it. */
  readonly workingDirectory?: string
  /** Show every command whole, not just the programs. */
  readonly commands?: boolean
  /** Show every card that has a price. */
  readonly compare?: boolean
}

const WIDEST = 100
const LABEL_WIDTH = 14

/** The whole print-out, without a line end. Only the commands are wider than 100 columns: they can be copied. */
export function formatPlan(plan: Plan, options: FormatPlanOptions): string {
  const { color, columns, workingDirectory = '', compare = false } = options
  const paint = createPaint(color)
  const width = Math.max(60, Math.min(columns, WIDEST))
  const room = width - LABEL_WIDTH
  const sections: [label: string, lines: readonly Line[]][] = [
    ['Condition', conditionLines(plan, room)],
    ['Stages', stageLines(plan, room)],
    ['Training', trainingLines(plan, room)],
    ['Memory', memoryLines(plan, room)],
    ['Time', timeLines(plan, room)],
    ['Disk', diskLines(plan, room)],
    ['Cost', compare ? costTable(plan) : costLines(plan, room)],
    ['Checks', checkLines(plan, room)],
    ['Effects', effectLines(plan, { room, workingDirectory })],
    ['Programs', options.commands === true ? [] : programLines(plan, room)],
  ]
  const shown = sections.filter(([, lines]) => lines.length > 0)
  const text = shown.map(([label, lines]) => lines.map((line, index) => labelled(label, line, index)))
  const commands = options.commands === true ? formatCommands(plan, workingDirectory) : []
  const below: Line[][] = commands.length > 0 ? [[[['bold', 'Commands']], ...commands]] : []
  return [
    titleLine(plan, width),
    ...[...text, ...below, [labelled('Next', nextLine(plan), 0)]].flatMap((lines) => [[], ...lines]),
  ]
    .map((line) => paintLine(line, paint))
    .join('\n')
}

function titleLine(plan: Plan, width: number): Line {
  const file: Line = plan.config_file === null ? [] : [['dim', cleanText(plan.config_file)]]
  return justify([['bold', `Plan for ${cleanText(plan.name)}`]], file, width)
}

function labelled(label: string, line: Line, index: number): Line {
  if (line.length === 0) return []
  return [index === 0 ? ['bold', label.padEnd(LABEL_WIDTH)] : ' '.repeat(LABEL_WIDTH), ...line]
}
