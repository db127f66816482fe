/** What `faulthandler` prints of the place at which a Python program stands. `python/launch.py` asks for it. */

const HEAD = /^(Current thread|Thread) 0x[0-9a-f]+/
const FRAME = /^ {2}File "(.+)", line (\d+) in (.+)$/

/** A line of a stack dump is no sign of life: the kit itself asked for it. */
export function isStackDump(line: string): boolean {
  return HEAD.test(line) || FRAME.test(line) || /^ {2}(\.\.\.|<no Python frame>)$/.test(line)
}

/** Where the main thread of each process stands in the last dump, innermost first: `train.py:90 in main`. */
export function readStackDump(lines: readonly string[]): string[] {
  const starts = lines.flatMap((line, index) => (HEAD.test(line) ? [index] : []))
  const stacks = starts.map((start) => framesOf(lines.slice(start + 1)))
  // The main thread of a process begins in the script that was started.
  return [...new Set(stacks.filter(isMain).map((frames) => describe(frames)))]
}

interface Frame {
  readonly file: string
  readonly line: string
  readonly name: string
}

function framesOf(lines: readonly string[]): Frame[] {
  const frames: Frame[] = []
  for (const text of lines) {
    const [, file, line, name] = FRAME.exec(text) ?? []
    if (file === undefined || line === undefined || name === undefined) break
    frames.push({ file, line, name })
  }
  return frames
}

const isMain = (frames: readonly Frame[]): boolean =>
  frames.at(-1)?.file.endsWith('launch.py') === true && !frames.some(({ name }) => name === 'run_accelerate')

const SHOWN = 3

function describe(frames: readonly Frame[]): string {
  const place = ({ file, line, name }: Frame) =>
    `${file.split(/[/\\]/).slice(-2).join('/')}:${line} in ${name}`
  return frames.slice(0, SHOWN).map(place).join(', called by ')
}
