/** Finds Parquet files: in a local folder and its subfolders, or a single file. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { chooseParquetFiles } from '../../formats/parquet/parquet-files.ts'
import { UserError } from '../../errors.ts'
import { describeFileProblem, nameSystemError } from '../../file-error.ts'
import { openFileReader } from '../../tools/parquet/byte-reader.ts'
import { readFooter } from '../../tools/parquet/footer.ts'
import type { ParquetFile } from '../../tools/parquet/parquet-file.ts'
import { PictureError } from '../../tools/images/picture-error.ts'
import type { LocateNamed } from '../folders-and-zips/named-pictures.ts'
import { OtherForm } from '../../tools/files/other-form.ts'
import type { Located } from '../../tools/files/located.ts'
import { isMisread, NOT_UTF8, walkFolder } from '../folders-and-zips/walk-folder.ts'

export interface ParquetFolder {
  readonly files: readonly ParquetFile[]
  /** Which files were chosen, in words; null when all were. */
  readonly note: string | null
  /** Extension → number of files that are not Parquet. */
  readonly others: Readonly<Record<string, number>>
  readonly locateNamed: LocateNamed
}

/** Throws when `place` does not exist. */
export async function findParquetFiles(
  place: string,
  exclude: readonly string[],
  signal: AbortSignal,
): Promise<ParquetFolder> {
  const found = await stat(place)
  const root = found.isDirectory() ? place : dirname(place)
  const names = found.isDirectory() ? await listFiles(place, exclude) : [basename(place)]
  const forms = new OtherForm(root)
  const { paths, note } = chooseParquetFiles(names)
  const files = await Promise.all(paths.map((path) => describeFile(root, path, signal)))
  return {
    files,
    note,
    others: countOthers(names),
    locateNamed: (file, path) => locateBeside({ root, forms, folder: dirname(join(root, file)) }, path),
  }
}

/** An unreadable folder or table would silently change the dataset, so it throws a UserError. */
async function listFiles(root: string, exclude: readonly string[]): Promise<string[]> {
  const paths: string[] = []
  await walkFolder(root, exclude, {
    file: (path) => void paths.push(path),
    unreadable(path, problem) {
      throw unusable(join(root, path), problem)
    },
  })
  return paths
}

function unusable(file: string, problem: string, cause?: unknown): UserError {
  return new UserError(`Can't use ${file}: ${problem}.`, {
    reason: 'preflight',
    code: 'parquet-unreadable',
    hint: 'Fetch it again, mend it, or move it away.',
    cause,
  })
}

async function describeFile(root: string, path: string, signal: AbortSignal): Promise<ParquetFile> {
  const file = join(root, path)
  const found = await stat(file).catch((error: unknown) => {
    throw unusable(file, explain(path, error), error)
  })
  if (!found.isFile()) throw unusable(file, 'it is not a file')
  const { size, mtimeMs } = found
  const open = () => openFileReader(file, signal)
  return {
    path,
    sizeBytes: size,
    version: String(mtimeMs),
    open,
    async readFooter() {
      const reader = await open()
      try {
        return await readFooter(reader)
      } finally {
        await reader.close()
      }
    },
  }
}

function explain(path: string, error: unknown): string {
  if (nameSystemError(error) !== 'ENOENT') return describeFileProblem(error)
  return isMisread(path) ? NOT_UTF8 : 'it is a link to nothing'
}

function countOthers(names: readonly string[]): Record<string, number> {
  const others: Record<string, number> = {}
  for (const name of names) {
    const extension = /\.[^./]+$/.exec(name)?.[0].toLowerCase() ?? 'no extension'
    if (extension !== '.parquet') others[extension] = (others[extension] ?? 0) + 1
  }
  return others
}

interface Beside {
  readonly root: string
  readonly forms: OtherForm
  /** The folder of the table. */
  readonly folder: string
}

/** Finds a file that a row names: beside the table or under the source's folder, never outside. */
async function locateBeside({ root, forms, folder }: Beside, path: string): Promise<Located> {
  // The path is tried unchanged first, then with Windows' backslashes replaced.
  const ways = path.includes('\\') ? [path, path.replaceAll('\\', '/')] : [path]
  for (const file of ways.flatMap((way) => [resolve(folder, way), resolve(root, way)])) {
    if (!file.startsWith(root + sep)) continue
    if (await isFile(file)) return { kind: 'file', file }
    const other = forms.find(relative(root, file).split(sep).join('/'))
    if (other !== null && (await isFile(join(root, other)))) return { kind: 'file', file: join(root, other) }
  }
  throw new PictureError(
    'missing',
    `the row has no picture, only the name of a file that is not in this folder: ${path}`,
  )
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}
