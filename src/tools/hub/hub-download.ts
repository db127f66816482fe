/** Plans the download of a model's file from the Hub: its URL and the request settings. */
import type { DownloadOptions } from '../network/download.ts'
import { refusedError } from './hub-error.ts'
import { readHubSettings } from './hub-settings.ts'

interface ModelFile {
  /** `owner/name` */
  readonly repo: string
  readonly revision: string
  readonly file: string
}

/** Uses the current settings of the Hub: endpoint, token, time limit. */
export async function planHubDownload({
  repo,
  revision,
  file,
}: ModelFile): Promise<Required<Pick<DownloadOptions, 'url' | 'host'>>> {
  const settings = readHubSettings()
  const credential = await settings.readCredential()
  const hasToken = (await settings.readToken()) !== null
  const asked = { endpoint: settings.endpoint, kind: 'model', id: repo, revision, file, hasToken } as const
  return {
    url: `${settings.endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${file}`,
    host: {
      credential,
      timeoutMs: settings.downloadTimeoutMs,
      refuse: (status, headers) => refusedError(status, headers.get('x-error-code'), asked),
    },
  }
}
