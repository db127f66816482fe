import { splitStream } from './split-stream.ts'
import type {
  LogLine,
  TrainerEvent,
  TrainerFact,
  TrainerLog,
  TrainerLogPart,
  TrainerPhase,
} from './trainer-events.ts'
import { trackSteps, type StepTracker } from './step-tracker.ts'

/**
 * Reads what diffusers' `train_controlnet.py` prints under accelerate; one parser for each of its two streams. The
 * grammar, recorded: test/fixtures/logs/README.md. Events come as soon as their text is there, and are the same for
 * every way to cut the stream.
 */
export function parseDiffusersLog(): TrainerLog {
  const splitter = splitStream({ earlyEnd: barLength })
  const steps = trackSteps()
  return {
    push: (text) => readPieces(splitter.push(text), steps),
    end: () => {
      const part = readPieces(splitter.end(), steps)
      return { ...part, events: [...part.events, ...steps.end()] }
    },
  }
}

/** The next line may be glued behind a bar's bracket, and a bar has no line end until the next one comes. */
function barLength(text: string): number {
  return /^Steps:[^\r\n\]]{0,400}\]/.exec(text)?.[0].length ?? 0
}

function readPieces(pieces: readonly string[], steps: StepTracker): TrainerLogPart {
  const lines: LogLine[] = []
  const events: TrainerEvent[] = []
  for (const piece of pieces) {
    const text = piece.trimStart()
    if (text === '') continue
    const bar = isBar(text)
    lines.push({ text: bar ? text : piece, bar })
    events.push(...(text.startsWith('Steps:') ? steps.push(text) : readLine(text, steps)))
    const fact = events.at(-1)
    if (fact?.type === 'fact' && fact.name === 'accumulation') steps.accumulate(Number(fact.value))
  }
  return { events, lines }
}

/** tqdm's: `Loading weights:  50%|█████     | 18/36 [00:00<00:00, 9.1it/s]` */
function isBar(text: string): boolean {
  return /^Steps:.*\]$|\d+%\|.{0,12}\| *\d/.test(text)
}

const PHASES: readonly (readonly [RegExp, TrainerPhase])[] = [
  [/^Distributed environment: /, 'loading'],
  [/^(Initializing controlnet weights from unet|Loading existing controlnet weights)/, 'dataset'],
  [/^\*{5} Running training \*{5}/, 'training'],
  [/^Running validation/, 'previews'],
]

const FACTS: readonly (readonly [RegExp, TrainerFact])[] = [
  [/^Num processes: (\d+)$/, 'processes'],
  [/^Device: ([a-z]+)(?::\d+)?$/, 'device'],
  [/^Mixed precision type: (\w+)$/, 'precision'],
  [/^Num examples = (\d+)$/, 'rows'],
  [/^Total train batch size .*= (\d+)$/, 'effective_batch'],
  [/^Gradient Accumulation steps = (\d+)$/, 'accumulation'],
  [/^Total optimization steps = (\d+)$/, 'total_steps'],
]

const WORDS: ReadonlySet<TrainerFact> = new Set(['device', 'precision'])

const WARNINGS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^Could not load random states/,
    'random-states',
    'The random state of the checkpoint could not be loaded: noise and order differ from an uninterrupted run.',
  ],
  [
    /^Checkpoint '.*' does not exist\. Starting a new training run/,
    'checkpoint-ignored',
    'The trainer did not find the checkpoint and starts anew.',
  ],
  [
    /log_with=[\w.]+`? was passed but no supported trackers/,
    'tracker-missing',
    'The tracker is not installed: nothing is written for TensorBoard, and previews are lost.',
  ],
]

function readLine(text: string, steps: StepTracker): TrainerEvent[] {
  const message = messageOf(text)
  const saving = /^Saving current state to .*checkpoint-(\d+)$/.exec(message)
  if (saving) return [...steps.saving(Number(saving[1])), phase('saving')]
  const saved = /^Saved state to .*checkpoint-(\d+)$/.exec(message)
  if (saved) return [{ type: 'checkpoint-saved', step: Number(saved[1]) }, phase('training')]
  const resumed = /^Resuming from checkpoint checkpoint-(\d+)$/.exec(message)
  if (resumed) return [{ type: 'resumed', step: Number(resumed[1]) }]
  if (/^Model weights saved in /.test(message) && !/checkpoint-\d+[/\\]controlnet[/\\]/.test(message)) {
    return [phase('finishing')]
  }
  for (const [pattern, code, words] of WARNINGS) {
    if (pattern.test(message)) return [{ type: 'warning', code, message: words }]
  }
  for (const [pattern, name] of FACTS) {
    const value = pattern.exec(message)?.[1]
    if (value !== undefined) return [{ type: 'fact', name, value: WORDS.has(name) ? value : Number(value) }]
  }
  return PHASES.filter(([pattern]) => pattern.test(message)).map(([, name]) => phase(name))
}

const phase = (name: TrainerPhase): TrainerEvent => ({ type: 'phase', phase: name })

/** The rank stands there since accelerate 1.13. */
const LOG_PREFIX = /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d - [A-Z]+ - [\w.]+ - (?:\[RANK \d+\] )?/

function messageOf(text: string): string {
  return text.replace(LOG_PREFIX, '').trim()
}
