/** Why a file could not be fetched, for a person. */
import { UserError } from '../../errors.ts'
import { fileError } from '../../file-error.ts'
import { withoutLogin } from './login.ts'
import { findOffline } from './offline.ts'

/** A full disk does not get better by asking again. What the network says comes as a TypeError, and is returned as it is. */
export function explainDisk(error: unknown, to: string): unknown {
  return error instanceof TypeError ? error : fileError(error, to)
}

/** Throws where the environment forbids to ask anybody. */
export function refuseOffline(url: string, to: string): void {
  const offline = findOffline()
  if (offline === null) return
  throw new UserError(`${formatUrl(url)} is not fetched: ${offline.why}.`, {
    code: 'network-offline',
    hint: `${offline.undo}, or fetch the file elsewhere and put it here: ${to}`,
  })
}

/** Without a password, and without the signature of a signed address. */
export function formatUrl(url: string): string {
  return withoutLogin(url).replace(/[?#].*$/, '')
}

export function statusError(url: string, status: number): UserError {
  const missing = status === 404 || status === 410
  return new UserError(
    `${formatUrl(url)} could not be fetched: the server says ${status}${missing ? ', no such file' : ''}.`,
    {
      code: missing ? 'download-missing' : 'download-refused',
      hint: missing ? 'A mirror may not have it' : 'Try again later',
    },
  )
}

export function hashError(url: string, sha256: string | undefined): UserError {
  return new UserError(`${formatUrl(url)} came with other bytes than expected (sha256 ${sha256}).`, {
    reason: 'integrity',
    code: 'download-hash',
    hint: 'Nothing of it was kept. A proxy or mirror may have answered in its place',
  })
}
