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

const PREFIXES = ['LC_', 'XDG_', 'PIP_', 'HF_', 'CUDA_', 'NVIDIA_', 'NCCL_', 'PYTORCH_']

/** No program of ours needs one: what is fetched or published with a token, the kit does itself. */
const SECRETS = new Set([
  ...['HF_TOKEN', 'HF_TOKEN_PATH', 'HF_API_TOKEN'],
  // With these the Hub's client would ask for a token.
  ...['HF_OIDC_RESOURCE', 'HF_OIDC_ID_TOKEN'],
])

/** The part of an environment that a child may see. Names are compared without case: proxies come in both. */
export function childEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isPassed(name.toUpperCase())) passed[name] = value
  }
  return passed
}

function isPassed(name: string): boolean {
  if (SECRETS.has(name)) return false
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
}
