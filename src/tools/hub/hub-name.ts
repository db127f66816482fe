/** Names of Hub datasets as in the config: `user/set@revision`. */
export interface HubName {
  /** `user/set` */
  readonly id: string
  /** Branch, tag or commit. */
  readonly revision: string
}

const DEFAULT_REVISION = 'main'
const COMMIT = /^[0-9a-f]{40}$/

/** The config's schema has already checked the form. */
export function parseHubName(text: string): HubName {
  const at = text.indexOf('@')
  if (at < 0) return { id: text, revision: DEFAULT_REVISION }
  return { id: text.slice(0, at), revision: text.slice(at + 1) }
}

/** Returns true for a full commit hash, which always names the same content. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision)
}
