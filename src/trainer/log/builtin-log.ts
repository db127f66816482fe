import { splitStream } from './split-stream.ts'
import type { LogLine, TrainerEvent, TrainerLog, TrainerLogPart } from './trainer-events.ts'

/** Reads the NDJSON that `python/train.py` writes to stdout. What is no event of its is a line for the log only. */
export function parseBuiltinLog(): TrainerLog {
  const splitter = splitStream()
  return {
    push: (text) => readLines(splitter.push(text)),
    end: () => readLines(splitter.end()),
  }
}

function readLines(pieces: readonly string[]): TrainerLogPart {
  const lines: LogLine[] = pieces.map((text) => ({ text, bar: isBar(text) }))
  return { lines, events: pieces.flatMap((text) => readEvent(text)) }
}

const isBar = (text: string): boolean => /\d+%\|.{0,12}\| *\d/.test(text)

type Message = Readonly<Record<string, unknown>>

function readEvent(line: string): TrainerEvent[] {
  const message = parseMessage(line)
  switch (message?.['type']) {
    case 'device':
      return [
        { type: 'fact', name: 'device', value: String(message['device']) },
        { type: 'fact', name: 'precision', value: String(message['precision']) },
      ]
    case 'started':
      return startedEvents(message)
    case 'train-step':
      return [
        {
          type: 'train-step',
          step: number(message['step']),
          total: number(message['total']),
          loss: finite(message['loss']),
          lr: number(message['lr']),
          seconds: finite(message['seconds']),
        },
      ]
    case 'checkpoint-saved':
      return [{ type: 'checkpoint-saved', step: number(message['step']) }]
    case 'sample':
      return [
        {
          type: 'sample',
          step: number(message['step']),
          path: String(message['path']),
          prompt: String(message['prompt']),
          condition: String(message['condition']),
        },
      ]
    case 'validation-loss':
      return [{ type: 'validation-loss', step: number(message['step']), loss: finite(message['loss']) }]
    case 'finished':
      return [{ type: 'phase', phase: 'finishing' }]
    default:
      return []
  }
}

function startedEvents(message: Message): TrainerEvent[] {
  const events: TrainerEvent[] = [
    { type: 'fact', name: 'processes', value: number(message['num_processes']) },
    { type: 'fact', name: 'rows', value: number(message['rows']) },
    { type: 'fact', name: 'effective_batch', value: number(message['effective_batch']) },
    { type: 'fact', name: 'total_steps', value: number(message['total']) },
  ]
  const step = number(message['step'])
  if (step > 0) events.push({ type: 'resumed', step })
  return [...events, { type: 'phase', phase: 'training' }]
}

/** Python's json writes NaN and Infinity, which JSON does not have: they become null. */
function parseMessage(line: string): Message | null {
  if (!line.startsWith('{"type"')) return null
  try {
    return JSON.parse(line.replace(/:\s*-?(?:NaN|Infinity)\b/g, ': null')) as Message
  } catch {
    return null
  }
}

const number = (value: unknown): number => finite(value) ?? 0

const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null
