/** The kit's own cache of facts about Hub datasets: commits of branches, lists of files, Parquet footers. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../files/atomic-write.ts'

export interface HubFile {
  readonly path: string
  readonly sizeBytes: number
  /** Hash of its content. */
  readonly oid: string
}

export interface HubCache {
  readCommit(revision: string): Promise<string | null>
  writeCommit(revision: string, commit: string): Promise<void>
  readFiles(commit: string): Promise<readonly HubFile[] | null>
  writeFiles(commit: string, files: readonly HubFile[]): Promise<void>
  /** Returns the file's footer from the cache, or from `load`. */
  footer(file: HubFile, load: () => Promise<Uint8Array>): Promise<Uint8Array>
}

/** Raise it when the format of the cached files changes. */
const VERSION = 1

/** Ignores write errors; then everything is read from the Hub each time. */
export function openHubCache(cache: string, endpoint: string, id: string): HubCache {
  const host = new URL(endpoint).host.replace(/[^\w.-]/g, '_')
  const folder = join(cache, 'hub', `v${VERSION}`, host, `datasets--${id.replace('/', '--')}`)
  const commitFile = (revision: string): string => join(folder, 'refs', encodeURIComponent(revision))
  const treeFile = (commit: string): string => join(folder, 'trees', `${encodeURIComponent(commit)}.json`)
  const footerFile = ({ path, sizeBytes, oid }: HubFile): string =>
    join(
      folder,
      'footers',
      createHash('sha256')
        .update(JSON.stringify([path, sizeBytes, oid]))
        .digest('hex'),
    )

  return {
    readCommit: async (revision) => (await read(commitFile(revision)))?.toString() ?? null,
    writeCommit: (revision, commit) => write(commitFile(revision), commit),
    async readFiles(commit) {
      const text = await read(treeFile(commit))
      return text === null ? null : (JSON.parse(text.toString()) as HubFile[])
    },
    writeFiles: (commit, files) => write(treeFile(commit), JSON.stringify(files)),
    async footer(file, load) {
      const known = await read(footerFile(file))
      if (known !== null) return known
      const footer = await load()
      await write(footerFile(file), footer)
      return footer
    },
  }
}

function read(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null)
}

async function write(path: string, data: string | Uint8Array): Promise<void> {
  await writeFileAtomic(path, data).catch(() => undefined)
}
