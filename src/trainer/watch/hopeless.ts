/**
 * Lines after which a trainer lives on and takes no step any more: a data worker could not hand its pictures over, and the trainer
 * waits for them for ever. Recorded: test/fixtures/failures/shared-memory.stderr.
 */
export function isHopeless(line: string): boolean {
  return /^RuntimeError: unable to allocate shared memory/.test(line)
}
