/** Finds the Python for the venv. */
import type { PythonFact } from '../../types.ts'
import { tryOutput } from '../processes/collect-output.ts'

/** 3.11 is the tested version, so it is tried first; `python3` may be any version. */
const CANDIDATES =
  process.platform === 'win32'
    ? [['py', '-3.11'], ['py', '-3.12'], ['py', '-3.13'], ['python']]
    : [['python3.11'], ['python3'], ['python3.12'], ['python3.13'], ['python']]

const TIMEOUT_MS = 15_000

/** Prints the real path (shims and links hide it), the version, and whether this Python can create a venv with pip. */
const PROBE = `
import json, sys
try:
    import venv, ensurepip
    complete = True
except ImportError:
    complete = False
print(json.dumps([sys.executable, '.'.join(map(str, sys.version_info[:3])), complete]))
`

/** If `CNK_PYTHON` is set, only that Python is tried; else the first of 3.11 to 3.13 that can create a venv. */
export async function observePython(): Promise<PythonFact> {
  const named = process.env['CNK_PYTHON']
  if (named !== undefined && named !== '') return probePython([named], `CNK_PYTHON=${named}`)
  const found: PythonFact[] = []
  for (const candidate of CANDIDATES) {
    const fact = await probePython(candidate, candidate.join(' '))
    if (fact.ok && fact.minor === '3.11') return fact
    found.push(fact)
  }
  return chooseBest(found)
}

async function probePython([file, ...args]: readonly string[], name: string): Promise<PythonFact> {
  const output = await tryOutput({ file: file!, args: [...args, '-c', PROBE] }, TIMEOUT_MS)
  const answer = output?.exitCode === 0 ? parseProbe(output.stdout) : null
  if (answer === null) return { ok: false, code: 'python-missing', found: `${name} is no Python that runs` }
  const [executable, version, complete] = answer
  const minor = version.split('.').slice(0, 2).join('.')
  const found = `Python ${version} (${executable})`
  if (minor !== '3.11' && minor !== '3.12' && minor !== '3.13')
    return { ok: false, code: 'python-version', found }
  if (!complete) return { ok: false, code: 'python-venv', found }
  return { ok: true, file: executable, version, minor }
}

/**
 * Returns the first usable Python, else the one that is nearest to being usable, because its problem is the most helpful one.
 */
function chooseBest(facts: readonly PythonFact[]): PythonFact {
  const best =
    facts.find((fact) => fact.ok) ??
    facts.find((fact) => !fact.ok && fact.code === 'python-venv') ??
    facts.find((fact) => !fact.ok && fact.code === 'python-version')
  return best ?? { ok: false, code: 'python-missing', found: 'no Python on PATH' }
}

function parseProbe(text: string): [string, string, boolean] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.length === 3 ? (value as [string, string, boolean]) : null
  } catch {
    return null
  }
}
