/** Observes a model's folder without loading weights: config files, headers of weights, links. Reads only. */
import { lstat, open, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFact, ModelFileDamage, ModelFileFact } from '../../observed-model.ts'
import { namedComponents } from '../../trainer/base-model/model-index.ts'
import { readSafetensorsHeader } from './safetensors-file.ts'

export async function observeModel(folder: string): Promise<ModelFact> {
  const partialBytes = await sumBytes(`${folder}.partial`)
  const bare = { folder, partialBytes, files: {}, folders: [], reason: null }
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) return { ...bare, ...explain(found) }
  if (!found.isDirectory()) return { ...bare, kind: 'file' }
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => error,
  )
  if (entries instanceof Error) return { ...bare, ...explain(entries) }
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const own = await observeFiles(folder, names)
  const parts = await Promise.all(
    namedComponents(own['model_index.json']?.json).map((part) => observeComponent(folder, part)),
  )
  return { ...bare, kind: 'folder', folders, files: Object.assign(own, ...parts) as ModelFact['files'] }
}

function explain(error: NodeJS.ErrnoException): Pick<ModelFact, 'kind' | 'reason'> {
  if (error.code === 'ENOENT') return { kind: 'missing', reason: null }
  return { kind: 'unreadable', reason: error.code ?? error.message }
}

async function observeComponent(folder: string, part: string): Promise<Record<string, ModelFileFact>> {
  const names = await readdir(join(folder, part)).catch(() => [])
  return observeFiles(
    folder,
    names.map((name) => `${part}/${name}`),
  )
}

async function observeFiles(
  folder: string,
  names: readonly string[],
): Promise<Record<string, ModelFileFact>> {
  const facts = await Promise.all(names.map((name) => observeFile(join(folder, name))))
  return Object.fromEntries(names.flatMap((name, index) => (facts[index] ? [[name, facts[index]]] : [])))
}

/** Returns null for a folder. */
async function observeFile(file: string): Promise<ModelFileFact | null> {
  try {
    const { size: sizeBytes, ...found } = await stat(file).then((stats) => ({
      size: stats.size,
      isFolder: stats.isDirectory(),
      isFile: stats.isFile(),
    }))
    if (found.isFolder) return null
    if (!found.isFile) return { sizeBytes, damage: { kind: 'no-file' } }
    if (sizeBytes === 0) return { sizeBytes, damage: { kind: 'empty' } }
    if (await isLfsPointer(file, sizeBytes)) return { sizeBytes, damage: { kind: 'lfs-pointer' } }
    return { sizeBytes, ...(await readContent(file, sizeBytes)) }
  } catch (error) {
    return { sizeBytes: 0, damage: await explainFile(file, error as NodeJS.ErrnoException) }
  }
}

async function explainFile(file: string, { code, message }: NodeJS.ErrnoException): Promise<ModelFileDamage> {
  const link = await lstat(file).catch(() => null)
  if (code === 'ENOENT' && link?.isSymbolicLink() === true)
    return { kind: 'dangling', target: await readlink(file) }
  return { kind: 'unreadable', reason: code ?? message }
}

/** A Git LFS pointer is a few lines of text that begin with `version https://git-lfs.github.com/spec/v1`. */
const LARGEST_POINTER_BYTES = 1024

async function isLfsPointer(file: string, sizeBytes: number): Promise<boolean> {
  if (sizeBytes > LARGEST_POINTER_BYTES) return false
  return (await readFile(file, 'latin1')).startsWith('version https://git-lfs.github.com/spec/')
}

/** JSON files whose content is kept. Vocabularies are JSON too, but large: they are only checked. */
const KEPT = /(^|\/)((model_index|config|scheduler_config)\.json|[^/]*\.index(\.\w+)?\.json)$/
const LARGEST_JSON_BYTES = 50_000_000

async function readContent(
  file: string,
  sizeBytes: number,
): Promise<Pick<ModelFileFact, 'damage' | 'json' | 'values'>> {
  if (file.endsWith('.safetensors')) return readWeights(file, sizeBytes)
  if (file.endsWith('.json') && sizeBytes <= LARGEST_JSON_BYTES) return readJson(file)
  // Opening the file shows whether it is readable.
  await (await open(file)).close()
  return { damage: null }
}

async function readWeights(file: string, sizeBytes: number) {
  const header = await readSafetensorsHeader(file)
  if (header === null) return { damage: { kind: 'not-safetensors' } as const }
  if (header.sizeBytes !== sizeBytes)
    return { damage: { kind: 'size', expectedBytes: header.sizeBytes } as const }
  return { damage: null, values: header.values }
}

async function readJson(file: string) {
  const text = await readFile(file, 'utf8')
  try {
    const json: unknown = JSON.parse(text)
    return { damage: null, ...(KEPT.test(file) && { json }) }
  } catch {
    return { damage: { kind: 'not-json' } as const }
  }
}

async function sumBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? Math.min(found.size, found.blocks * 512 || found.size) : 0),
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
