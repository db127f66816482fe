/** Passed on as they are; everything else of ours (cloud keys, CI tokens, sockets) stays here. */
const NAMES = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  // GitHub's runner finds leftovers by it.
  'RUNNER_TRACKING_ID',
  // Windows does not start programs without them.
  'SYSTEMROOT',
  'PATHEXT',
  'COMSPEC',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
])

const PREFIXES = ['LC_', 'XDG_', 'HF_', 'CUDA_', 'NVIDIA_', 'NCCL_', 'PYTORCH_']

/** What fetches from the Hub is given them when it starts (`hub-environment.ts`); an address may hold a login. */
const SECRETS = new Set([
  'HF_ENDPOINT',
  ...['HF_TOKEN', 'HF_TOKEN_PATH', 'HF_API_TOKEN'],
  // With these the Hub's client would ask for a token.
  ...['HF_OIDC_RESOURCE', 'HF_OIDC_ID_TOKEN'],
])

/**
 * The part of an environment that a child may see: what all of them may, and what its command names. Names of the first kind are
 * compared without case: proxies come in both.
 */
export function childEnvironment(
  environment: NodeJS.ProcessEnv,
  inherit: readonly string[] = [],
): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (isPassed(name.toUpperCase()) || isNamed(name, inherit))) passed[name] = value
  }
  return passed
}

/** By its name, or by its beginning: `PIP_*`. */
function isNamed(name: string, inherit: readonly string[]): boolean {
  return inherit.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
}

function isPassed(name: string): boolean {
  if (SECRETS.has(name)) return false
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
}
