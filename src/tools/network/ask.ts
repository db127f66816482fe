/**
 * All network requests go through here: proxy, certificates, redirects, time limits, retries. A token is sent to its own host
 * only.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Headers, Response } from 'undici'
import { UserError } from '../../errors.ts'
import { explainFailure, explainProxyStatus, failureError, type Failure } from './failure.ts'
import { findProxy, type Proxy } from './find-proxy.ts'
import { readLogin, withoutLogin, type Credential } from './login.ts'
import { isRetried, MAX_RETRIES, waitMs } from './retry.ts'
import { send } from './send.ts'

export interface Question {
  /** Absolute URL. User name and password in it are sent to its own origin only. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly credential?: Credential | null
  /** Milliseconds without any data after which a try is aborted. */
  readonly timeoutMs: number
  /** Status codes that `use` handles besides 2xx. */
  readonly accepts?: readonly number[]
  /** Returns the error for any other status. */
  readonly refuse: (status: number, headers: Headers) => UserError
  /** Beginning of the message when there is no answer: `huggingface.co could not be reached`. */
  readonly failed: string
  /** End of the hint: what happens to data that has already arrived. */
  readonly kept: string
}

export interface Answer {
  readonly response: Response
  /** URL after redirects. */
  readonly url: string
  /**
   * Call it whenever data arrives, with true when the whole has grown beyond its former maximum: then the tries are counted
   * anew.
   */
  readonly alive: (isOnward?: boolean) => void
}

export interface AskOptions {
  readonly signal: AbortSignal
  /** Called before each wait: `huggingface.co answered 503`. */
  readonly onWait?: (why: string, ms: number) => void
}

/**
 * Sends requests until `use` can read an answer, and returns the result of `use`. Calls `prepare` before each try. Throws a
 * UserError when retrying is useless.
 */
export async function ask<T>(
  prepare: () => Promise<Question> | Question,
  use: (answer: Answer) => Promise<T>,
  { signal, onWait }: AskOptions,
): Promise<T> {
  for (let retry = 0; ; retry++) {
    signal.throwIfAborted()
    const question = await prepare()
    const outcome = await tryOnce(question, use, signal)
    if ('value' in outcome) return outcome.value
    if (outcome.isOnward) retry = 0
    if (retry >= outcome.moreTries) throw outcome.error
    const ms = waitMs(retry, outcome.headers, new Date())
    onWait?.(outcome.why, ms)
    await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

type Outcome<T> =
  | { readonly value: T }
  | {
      readonly error: unknown
      readonly why: string
      readonly moreTries: number
      readonly isOnward: boolean
      readonly headers: Headers | null
    }

async function tryOnce<T>(
  question: Question,
  use: (answer: Answer) => Promise<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const { timeoutMs, accepts = [], refuse, failed, kept } = question
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`no answer for ${timeoutMs / 1000} s`)), timeoutMs)
  let isOnward = false
  const alive = (more = false): void => {
    timer.refresh()
    isOnward ||= more
  }
  const hop: Hop = { url: question.url, proxy: null }
  const end = (failure: Failure, error: unknown, headers: Headers | null = null): Outcome<T> => ({
    error: failureError(failed, failure, kept, error),
    ...{ why: `${new URL(hop.url).host}: ${failure.why}`, moreTries: failure.moreTries, isOnward, headers },
  })
  try {
    const response = await follow(question, hop, AbortSignal.any([signal, silence.signal]))
    const { status, headers } = response
    if (response.ok || accepts.includes(status))
      return { value: await use({ response, url: hop.url, alive }) }
    await response.body?.cancel()
    if (status === 407 && hop.proxy !== null) return end(explainProxyStatus(status, hop.url, hop.proxy), null)
    const why = `${new URL(hop.url).host} answered ${status}`
    const moreTries = isRetried(status) ? MAX_RETRIES : 0
    return { error: refuse(status, headers), why, moreTries, isOnward, headers }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof UserError) return { error, why: '', moreTries: 0, isOnward: false, headers: null }
    if (isBug(error)) throw error
    const reason = silence.signal.aborted ? (silence.signal.reason as unknown) : error
    return end(explainFailure(reason, hop), reason)
  } finally {
    clearTimeout(timer)
  }
}

/** Errors from fetch have a cause or a code; a TypeError without them is a bug. */
function isBug(error: unknown): boolean {
  return error instanceof TypeError && error.cause === undefined && !('code' in error)
}

/** Target of the last request. */
interface Hop {
  url: string
  proxy: Proxy | null
}

const MAX_REDIRECTS = 8

async function follow(
  { headers = {}, credential, url }: Question,
  hop: Hop,
  signal: AbortSignal,
): Promise<Response> {
  const login = readLogin(url)
  hop.url = withoutLogin(url)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    hop.proxy = findProxy(hop.url)
    const { origin } = new URL(hop.url)
    const shown = [credential, login].find((one) => one?.origin === origin)
    const all = {
      'user-agent': 'controlnet-kit',
      ...headers,
      ...(shown && { authorization: shown.authorization }),
    }
    const response = await send(hop.url, { headers: all, proxy: hop.proxy, signal })
    const isRedirect = response.status >= 300 && response.status < 400
    const next = isRedirect ? response.headers.get('location') : null
    if (next === null) return response
    await response.body?.cancel()
    hop.url = withoutLogin(new URL(next, hop.url).href)
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`)
}
