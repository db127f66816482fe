import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseBuiltinLog } from '../../build/trainer/log/builtin-log.js'
import { parseDiffusersLog } from '../../build/trainer/log/diffusers-log.js'

const LINES = 200_000
/** What a pipe gives at a time. */
const CHUNK = 65_536

/** A long training's output through the parsers: time for each line, and what memory is left taken. */
export async function benchLog() {
  const rows = []
  for (const [name, open, text] of [
    ['diffusers', parseDiffusersLog, upstreamText()],
    ['builtin', parseBuiltinLog, builtinText()],
  ]) {
    const chunks = cut(text)
    parseAll(open(), chunks) // warms up
    const parser = open()
    const before = heapBytes()
    const started = process.cpuUsage()
    const lines = parseAll(parser, chunks)
    const { user, system } = process.cpuUsage(started)
    const grown = (heapBytes() - before) / 1e6
    parser.end()
    rows.push(
      {
        what: `log of the ${name} engine, ${lines} lines: a line`,
        value: (user + system) / lines,
        unit: 'us',
        atMost: 5,
      },
      { what: '  memory that it keeps', value: Math.max(0, grown), unit: 'MB', atMost: 1 },
    )
  }
  return rows
}

function parseAll(parser, chunks) {
  let lines = 0
  for (const chunk of chunks) lines += parser.push(chunk).lines.length
  return lines
}

function heapBytes() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

/** Bars, a save with its glued lines every 500 steps, a warning now and then. */
function upstreamText() {
  const pieces = []
  for (let line = 0, step = 1; line < LINES; line += 2, step++) {
    const bar = (loss) =>
      `\rSteps:  33%|███▎      | ${step}/${LINES} [00:0${step % 10}<05:00,  5.94it/s, loss=${loss}, lr=5e-6]`
    pieces.push(bar(1.01), bar((0.5 + (step % 97) / 200).toPrecision(3)))
    if (step % 500 === 0) {
      pieces.push(
        `11/22/2026 13:14:47 - INFO - accelerate.accelerator - [RANK 0] Saving current state to /o/checkpoint-${step}\n`,
        'Configuration saved in /o/controlnet/config.json\n',
        `11/22/2026 13:14:49 - INFO - __main__ - [RANK 0] Saved state to /o/checkpoint-${step}\n`,
      )
    }
  }
  return pieces.join('')
}

function builtinText() {
  const step = (index) =>
    `{"type": "train-step", "step": ${index}, "total": ${LINES}, "loss": 0.1234567${index % 10}, "lr": 1e-05, "seconds": 0.1234}\n`
  return Array.from({ length: LINES }, (_, index) => step(index + 1)).join('')
}

function cut(text) {
  return Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, index) =>
    text.slice(index * CHUNK, (index + 1) * CHUNK),
  )
}
