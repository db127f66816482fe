/** What finds the faces of a picture, behind one interface: the embedded nets, or landmark files that are there already. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LandmarkFileError, landmarkFileName, parseLandmarkFile } from '../dataset/face-synthetics.ts'
import type { Picture } from '../dataset/pictures.ts'
import type { Reject } from '../dataset/rejects.ts'
import type { Finding } from '../dataset/rows.ts'
import { openEmbeddedAnnotator } from './annotator.ts'
import { PictureError, readPicture } from './pictures.ts'

export interface PictureAnnotator {
  /** What its answers depend on, in one line. */
  readonly identity: string
  /** How many pictures it works on at once. */
  readonly width: number
  /** Under which its finding may be kept: changes with all that the finding depends on. */
  key(picture: Picture): Promise<string>
  find(picture: Picture): Promise<Finding>
  close(): Promise<void>
}

interface EmbeddedOptions {
  readonly source: string
  readonly quality: 'best' | 'fast'
  readonly workers: number
  readonly signal: AbortSignal
}

export async function openEmbedded({ source, ...options }: EmbeddedOptions): Promise<PictureAnnotator> {
  const annotator = await openEmbeddedAnnotator(options)
  const identity = formatIdentity(annotator.identity)
  return {
    identity,
    // One more than the threads: the next picture is at hand when a thread becomes free.
    width: options.workers + 1,
    key: async ({ sha256 }) => `${sha256} ${identity}`,
    find: ({ source: path }) => annotator.annotate(join(source, path)).catch(rejectPicture),
    close: () => annotator.close(),
  }
}

/** `embedded 1 best, models 1a2b3c4d5e6f` */
function formatIdentity({
  name,
  version,
  quality,
  models,
}: {
  name: string
  version: number
  quality: string
  models: unknown
}) {
  return `${name} ${version} ${quality}, models ${hashText(JSON.stringify(models))}`
}

interface FilesOptions {
  /** Folder of the pictures. */
  readonly source: string
  /** Folder of the landmark files, laid out like the pictures'. */
  readonly landmarks: string
  readonly workers: number
}

/** FaceSynthetics' `_ldmks.txt`. */
export function openLandmarkFiles({ source, landmarks, workers }: FilesOptions): PictureAnnotator {
  const read = (picture: Picture): Promise<string> =>
    readFile(join(landmarks, landmarkFileName(picture.source)), 'utf8')
  return {
    identity: 'files 1, face-synthetics',
    width: workers * 2,
    key: async (picture) => `${picture.sha256} files ${hashText(await read(picture).catch(() => ''))}`,
    async find(picture) {
      try {
        const face = parseLandmarkFile(await read(picture))
        const { width, height } = (await readPicture(join(source, picture.source))).source
        return { width, height, faces: [face] }
      } catch (error) {
        if (!isMissing(error) && !(error instanceof LandmarkFileError)) return rejectPicture(error)
        const name = landmarkFileName(picture.source)
        const message =
          error instanceof LandmarkFileError ? `${name}: ${error.message}` : `there is no ${name}`
        return { error: { code: 'no-landmarks', message } }
      }
    },
    close: async () => undefined,
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** One bad picture is a finding, not a failure. Anything else is a bug, and thrown on. */
function rejectPicture(error: unknown): { error: Reject } {
  if (error instanceof PictureError) return { error: { code: 'unreadable', message: error.message } }
  throw error
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
