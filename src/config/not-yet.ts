/**
 * Keys and values that are planned but not built yet. They are not in the schema; setting one gives an error that says so.
 * Pure.
 */

interface ToCome {
  /** Dotted key; the entry also covers the keys below it. */
  readonly key: string
  /** The entry covers only this value; without it, any value of the key. */
  readonly value?: string
  /** Subject of the message `… is not available yet`. */
  readonly what: string
}

const TO_COME: readonly ToCome[] = [
  { key: 'base_model.shipped', what: 'a base model that ships with the kit' },
  { key: 'environment.kind', value: 'docker', what: 'docker' },
  { key: 'environment.image', what: 'docker' },
  { key: 'environment.runtime', what: 'docker' },
  { key: 'launch.main_process_ip', what: 'more than one machine' },
  { key: 'launch.main_process_port', what: 'more than one machine' },
  { key: 'publish', what: 'publishing' },
]

/** Returns `publishing is not available yet` for a key or value that is planned; else null. */
export function describeToCome(path: readonly string[], value: unknown): string | null {
  const key = path.join('.')
  const found = TO_COME.find((one) => one.key === key && (one.value === undefined || one.value === value))
  return found === undefined ? null : `${found.what} is not available yet`
}
