const NAMES = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH']

/**
 * What the Hub's client needs to read private and gated models. Added when a program starts, never to a plan's
 * commands: those are printed and kept.
 */
export function hubCredentials(): Record<string, string> {
  return Object.fromEntries(NAMES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}
