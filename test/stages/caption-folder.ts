/** A working folder with eight pictures, whose captions a program writes: `fixtures/captioners/caption.mjs` or another. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { annotateImages } from '../../src/stages/annotate-images/annotate-images.ts'
import { collectImages } from '../../src/stages/collect-images/collect-images.ts'
import { openBench, readAnnotations, type Bench } from './dataset-stages.ts'
import { writeFrames } from './face-pictures.ts'

export const PROGRAM = join(import.meta.dirname, '../fixtures/captioners/caption.mjs')
export const SIDE = 96
export const NAMES = Array.from({ length: 8 }, (_, index) => `00000${index}.png`)

export interface CaptionFolder {
  readonly folder: string
  open(command: string | readonly string[], more?: Record<string, unknown>): Bench
  /** Runs the fixture program in one of its modes. It keeps a log. */
  run(mode: string): Bench
  readLog(): Promise<string[]>
  /** Returns the names of the pictures that the program got. */
  readAsked(): Promise<string[]>
}

/** Call it once in a test file, outside of the tests. */
export function useCaptionFolder(): CaptionFolder {
  const own = {
    folder: '',
    open: (command: string | readonly string[], more: Record<string, unknown> = {}) =>
      openBench(own.folder, {
        condition: { annotator: 'files' },
        dataset: {
          source: { face_synthetics: './frames' },
          crop: 'center',
          resolution: SIDE,
          validation: { count: 2 },
          captions: { command },
          max_rejects: '60%',
          filters: { duplicates: 'keep', cut_faces: 'keep', max_pose: 180 },
          ...more,
        },
      }),
    run: (mode: string) => own.open([process.execPath, PROGRAM, mode, 'log.txt']),
    async readLog() {
      const text = await readFile(join(own.folder, 'log.txt'), 'utf8').catch(() => '')
      return text.split('\n').filter(Boolean)
    },
    readAsked: async () =>
      (await own.readLog()).filter((line) => !line.startsWith('start')).map((line) => basename(line)),
  }
  beforeEach(async () => {
    own.folder = await mkdtemp(join(tmpdir(), 'cnk-captions-'))
    await writeFrames(join(own.folder, 'frames'), { count: 8, side: SIDE })
  })
  afterEach(() => rm(own.folder, { recursive: true }))
  return own
}

/** Without writing the dataset: captions are there before. */
export const annotate = (bench: Bench) => bench.run([collectImages, annotateImages])

export const captionsOf = async (bench: Bench) =>
  Object.fromEntries((await readAnnotations(bench)).map(({ id, caption }) => [id, caption]))
