// eslint-disable-next-line no-control-regex
const PIECES = /\u001b\[\??\d*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g
// eslint-disable-next-line no-control-regex
const COMMAND = /^\u001b\[(\??\d*)([A-Za-z])$/

/** A terminal as far as the live view uses it: text, line ends, going up, erasing a line, erasing what is below. */
export function readScreen(written: string): string {
  const rows: string[] = ['']
  let row = 0
  let column = 0
  for (const [piece] of written.matchAll(PIECES)) {
    const [, count = '', command] = COMMAND.exec(piece) ?? []
    if (piece === '\n') {
      row += 1
      column = 0
      rows[row] ??= ''
    } else if (piece === '\r' || command === 'G') column = 0
    else if (command === 'A') row = Math.max(0, row - Number(count || 1))
    else if (command === 'K') rows[row] = ''
    else if (command === 'J') rows.splice(row + 1)
    else if (command === undefined) {
      rows[row] = rows[row]!.slice(0, column).padEnd(column) + piece + rows[row]!.slice(column + piece.length)
      column += piece.length
    }
  }
  return rows.join('\n').trimEnd()
}
