/** Sends requests to the Hub with its settings: a token for its own host only, time limits, and error messages. */
import { UserError } from '../../errors.ts'
import { ask, type Answer } from '../network/ask.ts'
import { offlineError, refusedError, type Asked } from './hub-error.ts'
import type { HubSettings } from './hub-settings.ts'

export type { Answer }

export interface HubClient {
  readonly settings: HubSettings
  readonly signal: AbortSignal
  /** Throws a UserError for every status but 2xx. `use` reads the body; the time limit for silence applies meanwhile. */
  ask<T>(question: HubQuestion, use: (answer: Answer) => Promise<T>): Promise<T>
}

interface HubQuestion {
  /** Absolute URL. */
  readonly url: string
  readonly about: Omit<Asked, 'endpoint' | 'hasToken'>
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export function openHubClient(settings: HubSettings, signal: AbortSignal): HubClient {
  return {
    settings,
    signal,
    async ask(question, use) {
      if (settings.offline !== null)
        throw offlineError(`${question.about.id} is not on this machine`, question.about.id, settings.offline)
      const { about, ...request } = question
      const hasToken = (await settings.readToken()) !== null
      const asked = { ...about, endpoint: settings.endpoint, hasToken }
      const prepare = async () => ({
        ...request,
        credential: await settings.readCredential(),
        refuse: (status: number, headers: { get(name: string): string | null }): UserError =>
          refusedError(status, headers.get('x-error-code'), asked),
        failed: `${new URL(request.url).host} could not be reached`,
        kept: 'What is done is kept: run the same command again, and it goes on.',
      })
      return ask(prepare, use, { signal })
    },
  }
}
