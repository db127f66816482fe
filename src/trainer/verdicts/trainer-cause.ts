/**
 * The error line that tells why the trainer ended, from the lines that it and its launcher printed: the last error of
 * Python before the launcher's own traceback. '' when there is none, as after a kill from outside.
 */
export function findCause(lines: readonly string[]): string {
  const clean = lines.map((line) => line.replace(/^(\[rank\d+\]: ?)+/, ''))
  const own = clean.slice(0, launcherTraceback(clean))
  const errors = own.filter((line) => ERROR.test(line))
  // When one process dies, the others complain about the lost connection: that is no cause.
  const causes = errors.filter((line) => !/gloo|Connection (reset|closed) by peer/.test(line))
  return (causes.at(-1) ?? '').trim()
}

const ERROR = /^[\w.]*(Error|Exception|Interrupt|Invalid)\b(: |$)|^\S+\.py: error: /

/** Where the traceback begins that runs through accelerate's launcher; the end when there is none. */
function launcherTraceback(lines: readonly string[]): number {
  let start = lines.length
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('Traceback (most recent call last):')) start = index
    if (/accelerate[/\\]commands[/\\]/.test(line) && start < lines.length) return start
  }
  return lines.length
}
