/** A local folder of Parquet files, nested or not; or one such file. */
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
  /** Which files were left out. */
  readonly note: string | null
  /** Files that are no Parquet, counted by extension. */
  readonly others: Readonly<Record<string, number>>
  readonly locateNamed: LocateNamed
}

/** Throws where there is nothing at `place`. */
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

/** Without one of its folders or tables a dataset would be another one: such a mistake ends it. */
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
  if (!found.isFile()) throw unusable(file, 'it is no file')
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
  /** That of the table. */
  readonly folder: string
}

/** A table may name files that lie beside it, or under the folder; never outside. */
async function locateBeside({ root, forms, folder }: Beside, path: string): Promise<Located> {
  // As written, then as Windows writes paths.
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
