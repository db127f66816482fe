/**
 * Finds landmarks by SPIGA. SPIGA itself can't tell a face from a wall, so the embedded annotator says where faces are;
 * around its landmarks lies the first square, around SPIGA's own the second.
 */
import type { Face, Point } from '../../dataset/face.ts'
import { decodeSpigaOutput, planSpigaCrop, sampleSpigaInput } from '../../dataset/spiga/crop.ts'
import { isUsable, scoreAgreement, spigaBox, toDecoded, toFace } from '../../dataset/spiga/passes.ts'
import { findFaces, type AnnotatorQuality } from './find-faces.ts'
import type { LandmarkModels } from './landmark-models.ts'
import { openLandmarkNets, type NetRuntime } from './landmark-nets.ts'
import type { Picture } from '../images/pictures.ts'
import { openSpigaNet, type SpigaNet } from './spiga-net.ts'

/** How to open one. Plain data, so that it can go to a thread. */
export interface SpigaFinderData {
  readonly kind: 'spiga'
  /** The embedded annotator's, for the faces. */
  readonly models: LandmarkModels
  readonly quality: AnnotatorQuality
  /** The exported network. */
  readonly file: string
  readonly runtime: NetRuntime | undefined
}

export interface SpigaFinder {
  readonly runtime: NetRuntime
  /** Faces in pixels of `picture.source`, best first. */
  find(picture: Picture): Promise<Face[]>
  close(): Promise<void>
}

export async function openSpigaFinder(data: SpigaFinderData): Promise<SpigaFinder> {
  const nets = await openLandmarkNets(data.models, data.runtime)
  const spiga = await openSpigaNet(data.file, data.runtime)
  return {
    runtime: spiga.runtime,
    async find(picture) {
      const faces: Face[] = []
      for (const { landmarks } of await findFaces(picture, nets, data.quality)) {
        const face = await lookTwice(picture, landmarks, spiga)
        if (face !== null) faces.push(face)
      }
      return faces.sort((a, b) => b.score - a.score)
    },
    async close() {
      await spiga.close()
      await nets.close()
    },
  }
}

/** Null when SPIGA gives no landmarks that are any. */
async function lookTwice(picture: Picture, near: readonly Point[], net: SpigaNet): Promise<Face | null> {
  const { width, height, source } = picture
  const scale = { scaleX: source.width / width, scaleY: source.height / height }
  const first = await look(picture, toDecoded(near, scale), net)
  if (!isUsable(first)) return null
  const second = await look(picture, first, net)
  return isUsable(second) ? toFace(second, scoreAgreement(first, second), scale) : null
}

async function look(picture: Picture, near: readonly Point[], net: SpigaNet): Promise<Point[]> {
  const crop = planSpigaCrop(spigaBox(near))
  return decodeSpigaOutput(await net.locate(sampleSpigaInput(picture, crop)), crop)
}
