/** The last lines of a command: where the result is, and what to do next. */
import { kitCommand } from '../next-step.ts'
import { createPaint } from './style.ts'
import { cleanText } from './text.ts'

export interface Closing {
  /** `Model` → `runs/latest/model/`: what was made, as people read it. Rows without a text are left out. */
  readonly made: readonly (readonly [label: string, text: string | null])[]
  /** The next commands, likeliest first. */
  readonly next: readonly string[]
}

/** Without a line end; empty when there is nothing to say. */
export function formatClosing({ made, next }: Closing, { color }: { color: boolean }): string {
  const paint = createPaint(color)
  const rows = [
    ...made.flatMap(([label, text]) => (text === null ? [] : [[`${label}:`, cleanText(text)] as const])),
    ...next.map((command, index) => [index === 0 ? 'Next:' : '', cleanText(command)] as const),
  ]
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 3
  return rows.map(([label, text]) => paint('bold', label.padEnd(width)) + text).join('\n')
}

/** After `prepare`. */
export function prepareClosing(dataset: string): Closing {
  return {
    made: [['Look at it', `${dataset.replace(/\/$/, '')}/preview.html   (or preview.png)`]],
    next: [kitCommand('plan')],
  }
}

export interface TrainClosing {
  /** The verified model's folder, as people read it. */
  readonly model: string
  /** A picture that shows the dataset. */
  readonly preview: string | null
  /** What to do now, likeliest first. */
  readonly next: readonly string[]
}

/** After `train` and `resume`. */
export function trainClosing({ model, preview, next }: TrainClosing): Closing {
  return {
    made: [
      ['Model', `${model.replace(/\/$/, '')}/`],
      ['Look at it', preview],
    ],
    next,
  }
}
