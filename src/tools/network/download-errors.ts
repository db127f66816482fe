/** Error messages for failed downloads. */
import { UserError } from '../../errors.ts'
import { fileError } from '../../file-error.ts'
import { withoutLogin } from './login.ts'
import { findOffline } from './offline.ts'

/**
 * Explains disk errors, such as a full disk, which retrying does not solve. Network errors are TypeErrors and are returned
 * unchanged.
 */
export function explainDisk(error: unknown, to: string): unknown {
  return error instanceof TypeError ? error : fileError(error, to)
}

/** Throws a UserError when the environment forbids network access. */
export function refuseOffline(url: string, to: string): void {
  const offline = findOffline()
  if (offline === null) return
  throw new UserError(`${formatUrl(url)} is not fetched: ${offline.why}.`, {
    code: 'network-offline',
    hint: `${offline.undo}, or fetch the file elsewhere and put it here: ${to}`,
  })
}

/** Returns the URL without password and query string (signed URLs carry their signature there). */
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
