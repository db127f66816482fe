/** A working folder with photos for `annotate`, and the files that `annotate` wrote there. */
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect } from 'vitest'
import { runAnnotate, type AnnotateOptions } from '../../src/actions/annotate/run-annotate.ts'
import type { AnnotationDocument } from '../../src/dataset/annotations/annotation-document.ts'
import { folder } from './case-folder.ts'

/** A photo with one face. */
export const astronaut = fileURLToPath(new URL('../fixtures/pictures/astronaut.jpg', import.meta.url))
/** A photo without a face. */
export const coins = fileURLToPath(new URL('../fixtures/pictures/coins.jpg', import.meta.url))

export function annotate(paths: string[], options: Partial<AnnotateOptions> = {}) {
  const defaults = {
    kind: 'face-landmarks',
    out: null,
    size: null,
    annotator: 'embedded',
    quality: 'fast',
    style: 'spiga-seg',
    workers: 1,
  } as const
  return runAnnotate({ ...defaults, signal: new AbortController().signal, ...options, paths })
}

export async function readDocument(file: string): Promise<AnnotationDocument> {
  return JSON.parse(await readFile(file, 'utf8')) as AnnotationDocument
}

export async function photo(name: string, source = astronaut): Promise<string> {
  const file = join(folder, name)
  await mkdir(join(file, '..'), { recursive: true })
  await copyFile(source, file)
  return file
}

/** Names relative to the folder, sorted. */
export async function list(where = folder): Promise<string[]> {
  const entries = await readdir(where, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(where.length + 1)).toSorted()
}

export async function largestDifference(a: Buffer, b: Buffer): Promise<number> {
  const [left, right] = [await sharp(a).raw().toBuffer(), await sharp(b).raw().toBuffer()]
  expect(left.length).toBe(right.length)
  return left.reduce((largest, value, index) => Math.max(largest, Math.abs(value - right[index]!)), 0)
}
