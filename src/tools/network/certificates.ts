/** Certificates that the environment names, for company proxies and mirrors, beside those that Node trusts anyway. */
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import * as tls from 'node:tls'
import { UserError } from '../../errors.ts'

/** The names under which Python's tools take them. Node itself takes NODE_EXTRA_CA_CERTS, and no more once it is told others. */
const VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
const OF_NODE = 'NODE_EXTRA_CA_CERTS'

/** Changes with what `readCertificates` returns, as far as the environment tells. */
export function certificatesKey(): string {
  return JSON.stringify(VARIABLES.map((name) => process.env[name] ?? ''))
}

/**
 * Returns null where the environment names no file: then Node's own choice stands. Throws a UserError
 * (`network-certificate`) when a file can't be read or holds no certificate.
 */
export async function readCertificates(): Promise<tls.SecureContext | null> {
  const files = new Map<string, string>()
  for (const name of VARIABLES) {
    const file = process.env[name]
    // Some of Python's tools also take a folder there; it adds to the system's own, which Node has in its way.
    if (file !== undefined && file !== '' && !(await isFolder(file)) && !files.has(file))
      files.set(file, name)
  }
  if (files.size === 0) return null
  const texts = await Promise.all([...files].map(([file, name]) => readBundle(file, name)))
  const ofNode = process.env[OF_NODE] ?? ''
  // Node itself only warns of a file that is not there.
  if (ofNode !== '' && !files.has(ofNode)) texts.push(await readFile(ofNode, 'utf8').catch(() => ''))
  return tls.createSecureContext({ ca: [...builtIn(), ...texts.filter((text) => text !== '')] })
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
      `${variable} names ${file}, which can't be read (${error.code ?? error.message}).`,
      variable,
    )
  })
  if (isCertificate(text)) return text
  throw bundleError(`${variable} names ${file}, which holds no certificate that can be read.`, variable)
}

/** Node itself says nothing of what it can't read; the first one tells. */
function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

function bundleError(message: string, variable: string): UserError {
  return new UserError(message, {
    reason: 'preflight',
    code: 'network-certificate',
    hint: `Mend ${variable}, or unset it. Expected a file of certificates (PEM).`,
  })
}
