import { completeCommands, type Invocation } from '../../src/next-step.ts'

/** A message, or a document, as a person reads it who started an installed `controlnet-kit`. */
export function told<T>(value: T, change: Partial<Invocation> = {}): T {
  const installed = { kit: 'controlnet-kit', folder: null, config: null, set: [], run: null }
  return completeCommands(value, { ...installed, ...change })
}
