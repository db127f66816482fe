/** `user/set@revision`, as the config writes it. */
export interface HubName {
  /** `user/set` */
  readonly id: string
  /** Branch, tag or commit. */
  readonly revision: string
}

const DEFAULT_REVISION = 'main'
const COMMIT = /^[0-9a-f]{40}$/

/** The form is checked with the config. */
export function parseHubName(text: string): HubName {
  const at = text.indexOf('@')
  if (at < 0) return { id: text, revision: DEFAULT_REVISION }
  return { id: text.slice(0, at), revision: text.slice(at + 1) }
}

/** Whether a revision names one state for ever. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision)
}
