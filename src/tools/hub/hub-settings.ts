/** Reads the environment variables of the Hub's own tools, and interprets them as those tools do. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Offline } from '../../types.ts'
import { readLogin, withoutLogin, type Credential } from '../network/login.ts'
import { readMirrorAddress } from '../network/mirror-address.ts'
import { findOffline, isTrue, OFFLINE_FLAG } from '../network/offline.ts'

export interface HubSettings {
  /** URL without a trailing slash and without user name and password. */
  readonly endpoint: string
  /** Null when network access is allowed. */
  readonly offline: Offline | null
  /** Milliseconds without any data after which a request is aborted. */
  readonly apiTimeoutMs: number
  readonly downloadTimeoutMs: number
  /** Cache folder of the Hub's own tools. */
  readonly hubCache: string
  /** Returns null when there is no token, or when tokens must not be sent implicitly. */
  readToken(): Promise<string | null>
  /** Returns the token, or else user name and password from a mirror's URL; for the endpoint only. */
  readCredential(): Promise<Credential | null>
}

export const DEFAULT_ENDPOINT = 'https://huggingface.co'
const DEFAULT_TIMEOUT_S = 10

/** With `offline`, as if HF_HUB_OFFLINE were set. */
export function readHubSettings({ offline = false } = {}): HubSettings {
  const address = readMirrorAddress('HF_ENDPOINT', DEFAULT_ENDPOINT)
  const endpoint = withoutLogin(address).replace(/\/+$/, '')
  const { origin } = new URL(endpoint)
  const home =
    readPath('HF_HOME') ?? join(readPath('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface')
  const findToken = () => readToken(readPath('HF_TOKEN_PATH') ?? join(home, 'token'))
  return {
    endpoint,
    offline: offline ? OFFLINE_FLAG : findOffline(),
    apiTimeoutMs: readSeconds('HF_HUB_ETAG_TIMEOUT'),
    downloadTimeoutMs: readSeconds('HF_HUB_DOWNLOAD_TIMEOUT'),
    hubCache: readPath('HF_HUB_CACHE') ?? readPath('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    readToken: findToken,
    async readCredential() {
      const token = await findToken()
      return token === null ? readLogin(address) : { authorization: `Bearer ${token}`, origin }
    },
  }
}

async function readToken(file: string): Promise<string | null> {
  if (isTrue(read('HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return null
  const named = cleanToken(read('HF_TOKEN') ?? read('HUGGING_FACE_HUB_TOKEN') ?? '')
  return named ?? cleanToken(await readFile(file, 'utf8').catch(() => ''))
}

function cleanToken(text: string): string | null {
  const token = text.replace(/[\r\n]/g, '').trim()
  return token === '' ? null : token
}

/** Returns null for an unset or empty variable. */
function read(name: string): string | null {
  const value = process.env[name]
  return value === undefined || value === '' ? null : value
}

/** Expands `~` and variables. */
function readPath(name: string): string | null {
  const path = read(name)?.replace(/^~(?=\/|$)/, homedir())
  return (
    path?.replace(
      /\$(\w+)|\$\{(\w+)\}/g,
      (all, bare: string, braced: string) => read(bare ?? braced) ?? all,
    ) ?? null
  )
}

function readSeconds(name: string): number {
  const seconds = Number(read(name) ?? DEFAULT_TIMEOUT_S)
  return 1000 * (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_TIMEOUT_S)
}
