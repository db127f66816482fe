/**
 * Environment variables for the Hub client in Python programs that fetch a model, so that it uses the same settings as the kit.
 */
import { statSync } from 'node:fs'
import { readHubSettings } from './hub-settings.ts'

/** Variables with credentials for private and gated models. */
const CREDENTIALS = [
  ...['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH'],
  ...['HF_OIDC_RESOURCE', 'HF_OIDC_ID_TOKEN'],
]

/** Add these when a program starts, never to a plan's commands, which are printed and stored. */
export function hubEnvironment(): Record<string, string> {
  const { offline, hubCache } = readHubSettings()
  const certificates = findCertificates()
  return {
    ...Object.fromEntries(
      CREDENTIALS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    ),
    HF_HUB_CACHE: hubCache,
    ...(offline !== null && { HF_HUB_OFFLINE: '1' }),
    ...(certificates !== null && { SSL_CERT_FILE: certificates }),
  }
}

/** The Hub client only reads SSL_CERT_FILE; the kit and pip also accept the other variables. */
function findCertificates(): string | null {
  const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
  const files = names.map((name) => process.env[name] ?? '')
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null
}
