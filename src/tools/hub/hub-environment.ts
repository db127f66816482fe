/** What the Hub's own client gets in a program of ours that fetches a model: the settings that the kit itself goes by. */
import { statSync } from 'node:fs'
import { readHubSettings } from './hub-settings.ts'

/** Where it asks, and with what it reads private and gated models. */
const CREDENTIALS = [
  'HF_ENDPOINT',
  ...['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH'],
  ...['HF_OIDC_RESOURCE', 'HF_OIDC_ID_TOKEN'],
]

/** Added when a program starts, never to a plan's commands: those are printed and kept. */
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

/** The client reads SSL_CERT_FILE alone; the kit and pip also take the others. */
function findCertificates(): string | null {
  const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']
  const files = names.map((name) => process.env[name] ?? '')
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true) ?? null
}
