/** What the Hub says no with, for a person. Never with a token or a signed address. */
import { UserError } from '../../errors.ts'
import { proxyHint } from '../files/download.ts'

export interface Asked {
  readonly endpoint: string
  /** `user/set` */
  readonly id: string
  readonly revision: string
  /** Path in the repository; null for questions about the whole. */
  readonly file: string | null
  readonly hasToken: boolean
}

export function refusedError(status: number, code: string | null, asked: Asked): UserError {
  const { endpoint, id, revision, file, hasToken } = asked
  const page = `${endpoint}/datasets/${id}`
  const login = hasToken
    ? 'The token that was sent may not read it: look at its rights, or use another one (HF_TOKEN, hf auth login).'
    : 'No token was sent: log in with hf auth login, or set HF_TOKEN.'
  if (code === 'RevisionNotFound') {
    return new UserError(`${id} has no revision ${revision}.`, {
      code: 'hub-revision',
      hint: `Look at its branches and tags on ${page}/tree/main.`,
    })
  }
  if (code === 'GatedRepo') {
    return new UserError(`${id} is gated: its owner asks you to accept conditions first.`, {
      code: 'hub-gated',
      hint: `Accept them on ${page}. ${login}`,
    })
  }
  if (code === 'EntryNotFound' || (status === 404 && file !== null)) {
    return new UserError(`${id} has no file ${file} at revision ${revision}.`, {
      code: 'hub-file-missing',
      hint: `Look at ${page}/tree/${revision}.`,
    })
  }
  if (code === 'RepoNotFound' || status === 401 || status === 404) {
    return new UserError(`There is no dataset ${id} on ${endpoint}, or it is private and not shown to you.`, {
      code: 'hub-missing',
      hint: `Look at the spelling in dataset.source.hub. ${login}`,
    })
  }
  if (status === 403) {
    return new UserError(`${endpoint} does not let you read ${id} (403).`, {
      code: 'hub-forbidden',
      hint: login,
    })
  }
  const what = status === 429 ? 'you have asked too often (429)' : `it answered ${status}`
  return new UserError(`${endpoint} did not give ${id}: ${what}.`, {
    code: 'hub-refused',
    hint: `What is done is kept: run the same command again later.${hasToken ? '' : ` With a token the limits are higher. ${login}`}`,
  })
}

export function networkError(host: string, error: unknown): UserError {
  return new UserError(`${host} could not be reached: ${findReason(error)}.`, {
    code: 'network-missing',
    hint: `${proxyHint()}What is done is kept: run the same command again, and it goes on.`,
    cause: error,
  })
}

export function offlineError(what: string): UserError {
  return new UserError(`${what}, and nothing is fetched: the Hub is switched off.`, {
    code: 'hub-offline',
    hint: 'Unset HF_HUB_OFFLINE (HF_DATASETS_OFFLINE, TRANSFORMERS_OFFLINE), leave --offline out, or fetch it first with: hf download --repo-type dataset',
  })
}

/** What is behind `fetch failed`. */
function findReason(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code
  }
  return error instanceof Error ? error.message : String(error)
}
