/** Certificates that the environment names, for company proxies and mirrors, beside those that Node trusts anyway. */
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import * as tls from 'node:tls'
import { SettingError } from './setting-error.ts'

/** The names under which Python's tools take them. Of NODE_EXTRA_CA_CERTS Node takes care, until it is told others. */
const VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
const OF_NODE = 'NODE_EXTRA_CA_CERTS'

/** Changes with what `openTrust` returns, as far as the environment tells. */
export function certificatesKey(): string {
  return JSON.stringify(VARIABLES.map((name) => process.env[name] ?? ''))
}

/** Returns null where the environment names no file: then Node's own choice stands. Throws as `readCertificates`. */
export async function openTrust(): Promise<tls.SecureContext | null> {
  const bundles = await readCertificates()
  if (bundles.length === 0) return null
  // Node itself only warns of a file that is not there.
  const ofNode = await readFile(process.env[OF_NODE] ?? '', 'utf8').catch(() => '')
  const all = [...builtIn(), ...bundles, ...(ofNode === '' ? [] : [ofNode])]
  return tls.createSecureContext({ ca: all })
}

/** Returns the texts of all files that are named. Throws a SettingError where one can't be read or holds no certificate. */
export async function readCertificates(): Promise<readonly string[]> {
  const files = new Map<string, string>()
  for (const name of VARIABLES) {
    const file = process.env[name] ?? ''
    // Some of Python's tools also take a folder there: the system's own, which Node has in its way.
    if (file !== '' && !(await isFolder(file)) && !files.has(file)) files.set(file, name)
  }
  return Promise.all([...files].map(([file, name]) => readBundle(file, name)))
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** From Node 22.15 on also those of the system, where Node is told to take them. */
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

/** Node itself says nothing of what it can't read; the first one tells. */
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
