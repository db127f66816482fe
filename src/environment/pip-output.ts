/** Reads what `pip install` prints: its progress, and why it failed. Samples: test/fixtures/pip. */
import { findPythonFileError } from './python-file-errors.ts'

export type PipNews =
  /** Found and fetched, or about to be. */
  | { readonly kind: 'collecting'; readonly name: string }
  /** A package that this platform does not need. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'downloading'; readonly file: string; readonly size: string }
  | { readonly kind: 'installing' }
  /** The index does not answer; pip tries again by itself. */
  | { readonly kind: 'retrying' }

export function parsePipLine(line: string): PipNews | null {
  const collecting = /^(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)/.exec(line)
  if (collecting !== null) return { kind: 'collecting', name: collecting[1]! }
  // Wheels of a folder (`find-links`) have no "Collecting" line.
  const processing = /^Processing (?:.*[/\\])?([A-Za-z0-9._]+)-[^/\\]+\.whl/.exec(line)
  if (processing !== null) return { kind: 'collecting', name: processing[1]! }
  const downloading = /^\s+Downloading (?:.*\/)?([^\s/]+\.whl)(?:\.metadata)? \(([^)]+)\)/.exec(line)
  if (downloading !== null) return { kind: 'downloading', file: downloading[1]!, size: downloading[2]! }
  if (/^Ignoring \S+: markers /.test(line)) return { kind: 'ignored' }
  if (line.startsWith('Installing collected packages:')) return { kind: 'installing' }
  if (line.startsWith('WARNING: Retrying ')) return { kind: 'retrying' }
  return null
}

export interface PipFailure {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Null when the text gives no known reason. */
export function explainPipFailure(text: string): PipFailure | null {
  return explainBy([WRONG_HASH], text) ?? explainFileError(text) ?? explainBy(FAILURES, text)
}

function explainBy(rules: readonly FailureRule[], text: string): PipFailure | null {
  const rule = rules.find(({ pattern }) => pattern.test(text))
  return rule === undefined ? null : rule.explain(rule.pattern.exec(text)!)
}

function explainFileError(text: string): PipFailure | null {
  const found = findPythonFileError(text)
  if (found === null) return null
  const { code, message, hint } = found
  return { code, message: `${message}.`, hint: `${hint}. ${MOVE}` }
}

const MOVE =
  'Or move the folders: CNK_HOME for the environment, PIP_CACHE_DIR for downloads, TMPDIR for temporary files'

interface FailureRule {
  readonly pattern: RegExp
  readonly explain: (match: RegExpExecArray) => PipFailure
}

const WRONG_HASH: FailureRule = {
  pattern: /DO NOT MATCH THE HASHES[^\n]*\n\s*(\S+)/,
  explain: ([, requirement]) => ({
    code: 'package-hash',
    message: `${requirement} came with other bytes than the lock names.`,
    hint: 'Nothing of it was installed. Ask who runs your package index or mirror; an old pip cache can be emptied with: pip cache purge',
  }),
}

/** In this order: without network pip also says that there is no matching distribution. */
const FAILURES: readonly FailureRule[] = [
  {
    pattern: /CERTIFICATE_VERIFY_FAILED/,
    explain: () => ({
      code: 'network-certificate',
      message: "The package index's certificate is not trusted.",
      hint: 'Behind a company proxy, name its certificate: PIP_CERT=/path/to/ca.pem',
    }),
  },
  {
    pattern: /ProxyError|Cannot connect to proxy/,
    explain: () => ({
      code: 'network-proxy',
      message: 'The proxy does not answer.',
      hint: 'Look at HTTPS_PROXY and HTTP_PROXY',
    }),
  },
  {
    pattern:
      /NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Read timed out|Name or service not known|Temporary failure in name resolution|Connection refused|ConnectionResetError|IncompleteRead/,
    explain: () => ({
      code: 'network-missing',
      message: 'The package index does not answer.',
      hint: "Look at the network connection. A mirror goes into pip's own settings: PIP_INDEX_URL, or pip config",
    }),
  },
  {
    pattern: /\[Errno 13\] Permission denied/,
    explain: () => ({
      code: 'environment-unwritable',
      message: 'pip may not write into the environment.',
      hint: 'Look at the permissions of the cache folder, or move it: CNK_HOME',
    }),
  },
  {
    pattern: /No matching distribution found for (torch\S*)/,
    explain: ([, requirement]) => ({
      code: 'torch-wheel-missing',
      message: `No package index has ${requirement} for this machine and Python.`,
      hint: 'Let pip find it: PIP_FIND_LINKS=/folder/with/the/wheel, or an index that has it in PIP_EXTRA_INDEX_URL',
    }),
  },
  {
    pattern: /No matching distribution found for (\S+)/,
    explain: ([, requirement]) => ({
      code: 'package-missing',
      message: `The package index does not have ${requirement} for this machine and Python.`,
      hint: 'It may be out of reach, or a mirror that lags behind: look at PIP_INDEX_URL and pip config',
    }),
  },
]
