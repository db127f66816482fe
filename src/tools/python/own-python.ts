/** Looks at the Python that a person brings: which packages are installed for it. None of them is imported. */
import { open, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { environmentKindOf } from '../../environment/kinds.ts'
import { parseTorchVersion } from '../../environment/torch-version.ts'
import { TESTED_EXTRAS, TESTED_FOR_DIFFUSERS, TESTED_PACKAGES } from '../../environment/pins.ts'
import { TRACKER_PACKAGES } from '../../environment/trackers.ts'
import { UPSTREAM_ARGUMENTS } from '../../trainer/upstream-arguments.ts'
import type { Config, OwnPythonFact } from '../../types.ts'
import { tryOutput } from '../processes/collect-output.ts'

/** Only Python knows where it looks for packages: links, shims, `.pth` files and variables all have a say. It takes 30 ms. */
const PROBE = `
import json, sys
print(json.dumps([sys.executable, '.'.join(map(str, sys.version_info[:3])), sys.path]))
`

const TIMEOUT_MS = 15_000

/** Null where the kit makes its own environment. */
export async function observeOwnPython(
  config: Pick<Config, 'environment'>,
  workingDirectory: string,
): Promise<OwnPythonFact | null> {
  const { isMade, programs } = environmentKindOf(config)
  if (isMade) return null
  const given = config.environment.python
  const file = given.includes('/') ? resolve(workingDirectory, given) : given
  const output = await tryOutput({ file, args: ['-c', PROBE], ...programs }, TIMEOUT_MS)
  const answer = output?.exitCode === 0 ? parseProbe(output.stdout) : null
  if (answer === null) return { ok: false, given, found: `${given} is no Python that runs` }
  const [executable, version, path] = answer
  const folders = path.filter((folder) => folder !== '')
  return {
    ...{ ok: true, given, file: executable, version },
    packages: await readPackages(folders),
    torchBuild: await readTorchBuild(folders),
  }
}

function parseProbe(text: string): [string, string, string[]] | null {
  try {
    return JSON.parse(text) as [string, string, string[]]
  } catch {
    return null
  }
}

/** Packages that a check asks for. */
const WANTED = new Set([
  ...Object.keys({ ...TESTED_PACKAGES, ...TESTED_FOR_DIFFUSERS, ...TESTED_EXTRAS }),
  ...TRACKER_PACKAGES,
  ...UPSTREAM_ARGUMENTS.flatMap(({ needs }) => needs ?? []),
])

/** By name; of several folders the first counts, as for Python. */
async function readPackages(folders: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const folder of folders) {
    for (const entry of (await readdir(folder).catch(() => [])).sort()) {
      const name = packageName(entry)
      if (name === null || name in found || !WANTED.has(name)) continue
      const version = await readVersion(join(folder, entry))
      if (version !== null) found[name] = version
    }
  }
  return found
}

/** `huggingface_hub-1.33.0.dist-info` → `huggingface-hub` */
function packageName(entry: string): string | null {
  const name = /^([^-]+)(-.+)?\.(dist|egg)-info$/.exec(entry)?.[1]
  return name === undefined ? null : name.toLowerCase().replace(/[-_.]+/g, '-')
}

async function readVersion(path: string): Promise<string | null> {
  for (const file of [join(path, 'METADATA'), join(path, 'PKG-INFO'), path]) {
    const version = /^Version:\s*(\S+)/m.exec((await readStart(file)) ?? '')?.[1]
    if (version !== undefined) return version
  }
  return null
}

/** The version stands among the first lines; descriptions behind it are long. */
async function readStart(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null)
  if (file === null) return null
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2048), 0, 2048, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return null
  } finally {
    await file.close()
  }
}

async function readTorchBuild(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const text = await readFile(join(folder, 'torch', 'version.py'), 'utf8').catch(() => null)
    if (text !== null) return parseTorchVersion(text)
  }
  return null
}
