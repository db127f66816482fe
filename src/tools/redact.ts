/** Takes secrets out of a whole line: a token that is cut in two would not be found. */
export type Redact = (line: string) => string

const HIDDEN = '[hidden]'

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bhf_(?:jwt_)?[A-Za-z0-9_.-]{20,}/g, HIDDEN],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|npm_[A-Za-z0-9]{20,}|AKIA[A-Z0-9]{16})/g,
    HIDDEN,
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, HIDDEN],
  [/(\bauthorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token)\s+)?[^\s"',]+/gi, `$1${HIDDEN}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, `$1${HIDDEN}@`],
  [
    /([?&](?:X-Amz-[A-Za-z-]+|Signature|sig|token|access_token|Key-Pair-Id|Policy)=)[^\s&'"]+/gi,
    `$1${HIDDEN}`,
  ],
]

/** Variables whose values are secrets, by their names. */
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|CREDENTIAL/i

/** Shorter values would hide ordinary words. */
const MIN_SECRET = 8

/** Hides what looks like a secret, and the values of the environment's own, as they are and in their usual codings. */
export function createRedactor(environment: NodeJS.ProcessEnv = process.env): Redact {
  const values = Object.entries(environment)
    .filter(([name, value]) => SECRET_NAME.test(name) && value !== undefined)
    .flatMap(([, value]) => spellings(value!))
    .filter((value) => value.length >= MIN_SECRET)
    .sort((a, b) => b.length - a.length)
  return (line) => {
    const known = values.reduce((text, value) => text.replaceAll(value, HIDDEN), line)
    return PATTERNS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), known)
  }
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    ...value.split(/\r?\n/),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]
}
