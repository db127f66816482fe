/** Stamps record that a stage's outputs are complete; reading one tells whether the outputs have changed since. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlannedStage, Stamp, StampFact } from '../../types.ts'
import { makeFolder, writeFileAtomic } from './atomic-write.ts'

/** Returns null when there is no valid stamp. */
export async function readStamp(path: string): Promise<StampFact | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const stamp = text === null ? null : parseStamp(text)
  if (stamp === null) return null
  for (const file of stamp.files) {
    const found = await stat(file.path).catch(() => null)
    if (found?.size !== file.sizeBytes || found.mtimeMs !== file.mtimeMs) return { stamp, changed: file.path }
  }
  return { stamp, changed: null }
}

export async function writeStamp(stage: PlannedStage, line: string): Promise<void> {
  const files = (await Promise.all(stage.outputs.map(listFiles))).flat()
  const stamp: Stamp = {
    v: 1,
    stage: stage.name,
    fingerprint: stage.fingerprint,
    finishedAt: new Date().toISOString(),
    line,
    files,
  }
  await makeFolder(dirname(stage.stamp))
  await writeFileAtomic(stage.stamp, `${JSON.stringify(stamp, null, 2)}\n`)
}

async function listFiles(path: string): Promise<Stamp['files'][number][]> {
  const found = await stat(path).catch(() => null)
  if (found === null) return []
  if (!found.isDirectory()) return [{ path, sizeBytes: found.size, mtimeMs: found.mtimeMs }]
  const names = (await readdir(path)).sort()
  return (await Promise.all(names.map((name) => listFiles(join(path, name))))).flat()
}

function parseStamp(text: string): Stamp | null {
  try {
    const value = JSON.parse(text) as Stamp
    return value.v === 1 && Array.isArray(value.files) ? value : null
  } catch {
    return null
  }
}
