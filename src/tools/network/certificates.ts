/** Certificates named in the environment, for company proxies and mirrors; used in addition to those that Node trusts. */
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import * as tls from 'node:tls'
import { SettingError } from './setting-error.ts'

/** The variables of Python's tools. Node itself reads NODE_EXTRA_CA_CERTS, but only while no other certificates are given. */
const VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
const OF_NODE = 'NODE_EXTRA_CA_CERTS'

/** Returns a text that changes whenever the result of `openTrust` may change, as far as the environment tells. */
export function certificatesKey(): string {
  return JSON.stringify(VARIABLES.map((name) => process.env[name] ?? ''))
}

/**
 * Returns null when the environment names no file; then Node's default applies. Throws the same errors as `readCertificates`.
 */
export async function openTrust(): Promise<tls.SecureContext | null> {
  const bundles = await readCertificates()
  if (bundles.length === 0) return null
  // Node itself only warns when this file does not exist.
  const ofNode = await readFile(process.env[OF_NODE] ?? '', 'utf8').catch(() => '')
  const all = [...builtIn(), ...bundles, ...(ofNode === '' ? [] : [ofNode])]
  return tls.createSecureContext({ ca: all })
}

/** Returns the content of all named files. Throws a SettingError when one can't be read or contains no certificate. */
export async function readCertificates(): Promise<readonly string[]> {
  const files = new Map<string, string>()
  for (const name of VARIABLES) {
    const file = process.env[name] ?? ''
    // Some Python tools also accept a folder here: the system's own, which Node covers already.
    if (file !== '' && !(await isFolder(file)) && !files.has(file)) files.set(file, name)
  }
  return Promise.all([...files].map(([file, name]) => readBundle(file, name)))
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** From Node 22.15 on this includes the system's certificates if Node is configured to use them. */
function builtIn(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'default') => string[] }
  return getCACertificates?.('default') ?? tls.rootCertificates
}

async function readBundle(file: string, variable: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw bundleError(
      `${variable} names ${file}, which can't be read (${error.code ?? error.message})`,
      variable,
    )
  })
  if (isCertificate(text)) return text
  throw bundleError(`${variable} names ${file}, which holds no certificate that can be read`, variable)
}

/** Node silently ignores unreadable certificates, so the first one is parsed as a check. */
function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

function bundleError(found: string, variable: string): SettingError {
  return new SettingError({
    ...{ code: 'network-certificate', found, expected: 'a file of certificates (PEM)' },
    remedy: `Mend ${variable}, or unset it.`,
  })
}
