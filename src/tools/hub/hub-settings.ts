/** What the Hub's own tools take from the environment, read in their way. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string
  /** Nothing may be asked of it. */
  readonly offline: boolean
  /** Milliseconds without an answer, or without a byte of it, after which a request is given up. */
  readonly apiTimeoutMs: number
  readonly downloadTimeoutMs: number
  /** Where those tools keep what they fetched. */
  readonly hubCache: string
  /** Null when there is none, or when none is to be sent unasked. */
  readToken(): Promise<string | null>
}

const DEFAULT_ENDPOINT = 'https://huggingface.co'
const DEFAULT_TIMEOUT_S = 10

/** `offline`: as if HF_HUB_OFFLINE were set. */
export function readHubSettings({ offline = false } = {}): HubSettings {
  const home =
    readPath('HF_HOME') ?? join(readPath('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface')
  return {
    endpoint: (read('HF_ENDPOINT') ?? DEFAULT_ENDPOINT).replace(/\/+$/, ''),
    offline:
      offline ||
      isTrue(read('HF_HUB_OFFLINE') ?? read('TRANSFORMERS_OFFLINE')) ||
      isTrue(read('HF_DATASETS_OFFLINE')),
    apiTimeoutMs: readSeconds('HF_HUB_ETAG_TIMEOUT'),
    downloadTimeoutMs: readSeconds('HF_HUB_DOWNLOAD_TIMEOUT'),
    hubCache: readPath('HF_HUB_CACHE') ?? readPath('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    readToken: () => readToken(readPath('HF_TOKEN_PATH') ?? join(home, 'token')),
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

/** Null when it is empty, as if it were not set. */
function read(name: string): string | null {
  const value = process.env[name]
  return value === undefined || value === '' ? null : value
}

/** With `~` and variables filled in. */
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

function isTrue(value: string | null): boolean {
  return value !== null && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase())
}
