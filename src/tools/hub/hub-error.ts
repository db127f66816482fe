/** Turns the Hub's refusals into messages. They never contain a token or a signed URL. */
import { UserError } from '../../errors.ts'
import type { Offline } from '../../types.ts'
import { hubDownload } from '../../formats/text/hub-download.ts'

export interface Asked {
  readonly endpoint: string
  readonly kind: 'dataset' | 'model'
  /** `user/set` */
  readonly id: string
  readonly revision: string
  /** Path in the repository; null for requests about the whole repository. */
  readonly file: string | null
  readonly hasToken: boolean
}

export function refusedError(status: number, code: string | null, asked: Asked): UserError {
  const { endpoint, kind, id, revision, file, hasToken } = asked
  const page = `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${id}`
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
    return new UserError(`There is no ${kind} ${id} on ${endpoint}, or it is private and not shown to you.`, {
      code: 'hub-missing',
      hint: `${kind === 'dataset' ? 'Look at the spelling in dataset.source.hub. ' : ''}${login}`,
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

/** `name` is the dataset, with its revision if that is known. */
export function offlineError(what: string, name: string, { why, undo }: Offline): UserError {
  return new UserError(`${what}, and nothing is fetched: ${why}.`, {
    code: 'hub-offline',
    hint: `${undo}, or fetch it first with: ${hubDownload(name, 'dataset')}`,
  })
}
