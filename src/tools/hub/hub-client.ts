/** Asks the Hub: retries, follows redirects, honours its limits, and shows the token to nobody else. */
import { setTimeout as wait } from 'node:timers/promises'
import { UserError } from '../../errors.ts'
import { networkError, offlineError, refusedError, type Asked } from './hub-error.ts'
import type { HubSettings } from './hub-settings.ts'
import { isRetried, MAX_RETRIES, waitMs } from './retry.ts'

export interface HubClient {
  readonly settings: HubSettings
  readonly signal: AbortSignal
  /** Throws a UserError for every answer but 2xx. `use` reads the body; while it does, silence is timed. */
  ask<T>(question: Question, use: (answer: Answer) => Promise<T>): Promise<T>
}

export interface Question {
  /** Absolute. */
  readonly url: string
  readonly about: Omit<Asked, 'endpoint' | 'hasToken'>
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export interface Answer {
  readonly response: Response
  /** Where the redirects ended. */
  readonly url: string
  /** Call it whenever something has arrived. */
  readonly alive: () => void
}

const MAX_REDIRECTS = 8

export function openHubClient(settings: HubSettings, signal: AbortSignal): HubClient {
  return {
    settings,
    signal,
    async ask(question, use) {
      if (settings.offline) throw offlineError(`${question.about.id} is not on this machine`)
      for (let retry = 0; ; retry++) {
        const outcome = await tryOnce(question, use, { settings, signal })
        if ('value' in outcome) return outcome.value
        if (retry >= MAX_RETRIES || !outcome.again) throw outcome.error
        await wait(waitMs(retry, outcome.headers, new Date()), undefined, { signal }).catch(() =>
          signal.throwIfAborted(),
        )
      }
    },
  }
}

type Outcome<T> =
  | { readonly value: T }
  | { readonly error: unknown; readonly again: boolean; readonly headers: Headers | null }

async function tryOnce<T>(
  { url, about, headers = {}, timeoutMs }: Question,
  use: (answer: Answer) => Promise<T>,
  { settings, signal }: { settings: HubSettings; signal: AbortSignal },
): Promise<Outcome<T>> {
  signal.throwIfAborted()
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`no answer for ${timeoutMs / 1000} s`)), timeoutMs)
  const token = await settings.readToken()
  try {
    const both = AbortSignal.any([signal, silence.signal])
    const answer = await follow(url, { headers, token, signal: both, endpoint: settings.endpoint })
    const { response } = answer
    if (response.ok) return { value: await use({ ...answer, alive: () => timer.refresh() }) }
    await response.body?.cancel()
    const asked = { ...about, endpoint: settings.endpoint, hasToken: token !== null }
    const error = refusedError(response.status, response.headers.get('x-error-code'), asked)
    return { error, again: isRetried(response.status), headers: response.headers }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof UserError) return { error, again: false, headers: null }
    const reason = silence.signal.aborted ? (silence.signal.reason as unknown) : error
    return { error: networkError(new URL(url).host, reason), again: true, headers: null }
  } finally {
    clearTimeout(timer)
  }
}

interface FollowOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly token: string | null
  readonly signal: AbortSignal
  readonly endpoint: string
}

async function follow(start: string, { headers, token, signal, endpoint }: FollowOptions) {
  let url = start
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const isHub = new URL(url).origin === new URL(endpoint).origin
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: {
        'user-agent': 'controlnet-kit',
        ...headers,
        ...(isHub && token !== null ? { authorization: `Bearer ${token}` } : {}),
      },
    })
    const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
    if (next === null) return { response, url }
    await response.body?.cancel()
    url = new URL(next, url).href
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`)
}
