/** A program's output as lines and bars, however the pipe cuts it. */
export interface StreamSplitter {
  /** Takes text cut anywhere and gives the pieces that are complete by now. */
  push(text: string): string[]
  /** The unfinished rest, when the stream has ended. */
  end(): string[]
}

interface SplitOptions {
  /**
   * Length of a piece that is complete before its line end: a progress bar, behind which the next line is glued. Has to
   * give the same answer for every longer text with the same beginning; 0 when there is none (yet).
   */
  readonly earlyEnd?: (text: string) => number
}

/** A line that never ends must not fill the memory: longer ones are cut. In UTF-16 units. */
export const MAX_LINE = 16_384

const LINE_END = /[\r\n]/

/**
 * Splits a stream at CR, LF and CRLF, strips control sequences and drops empty pieces. However the stream is cut into
 * chunks, the pieces are the same.
 */
export function splitStream({ earlyEnd = () => 0 }: SplitOptions = {}): StreamSplitter {
  let carry = ''
  const take = (length: number): string => {
    const piece = carry.slice(0, length)
    carry = carry.slice(length)
    return stripControls(piece)
  }
  const next = (): string | null => {
    const early = earlyEnd(carry)
    if (early > 0) return take(early)
    const end = carry.search(LINE_END)
    if (end > MAX_LINE || (end < 0 && carry.length > MAX_LINE)) return take(MAX_LINE)
    return end < 0 ? null : take(end + 1)
  }
  return {
    push(text) {
      carry += text
      const pieces: string[] = []
      for (let piece = next(); piece !== null; piece = next()) {
        if (piece !== '') pieces.push(piece)
      }
      return pieces
    },
    end() {
      const piece = take(carry.length)
      return piece === '' ? [] : [piece]
    },
  }
}

/** CSI, OSC and other escape sequences, then whatever C0 and C1 characters are left (not TAB). */
const CONTROLS =
  // eslint-disable-next-line no-control-regex
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

/** Text without anything that moves a cursor, colours or renames a window; without blanks at its end. */
export function stripControls(text: string): string {
  return text.replace(CONTROLS, '').trimEnd()
}
