/** Keys and values that the design names and that are not built yet. The schema does not have them; whoever sets one is told. Pure. */

interface ToCome {
  /** Dotted key; what lies below it counts too. */
  readonly key: string
  /** Only this value of the key; without it, the key with any value. */
  readonly value?: string
  /** Subject of `… is not available yet`. */
  readonly what: string
}

const TO_COME: readonly ToCome[] = [
  { key: 'base_model.shipped', what: 'a base model that ships with the kit' },
  { key: 'environment.kind', value: 'docker', what: 'docker' },
  { key: 'environment.kind', value: 'current', what: 'current' },
  { key: 'environment.python', what: 'a Python of your own' },
  { key: 'environment.image', what: 'docker' },
  { key: 'environment.runtime', what: 'docker' },
  { key: 'train.trackers', what: 'a tracker besides TensorBoard' },
  { key: 'train.extra', what: 'train.extra' },
  { key: 'launch.main_process_ip', what: 'more than one machine' },
  { key: 'launch.main_process_port', what: 'more than one machine' },
  { key: 'evaluate', what: 'evaluating a model' },
  { key: 'publish', what: 'publishing' },
]

/** `publishing is not available yet`, for a key, or a value of a key, that is still to come; else null. */
export function describeToCome(path: readonly string[], value: unknown): string | null {
  const key = path.join('.')
  const found = TO_COME.find((one) => one.key === key && (one.value === undefined || one.value === value))
  return found === undefined ? null : `${found.what} is not available yet`
}
