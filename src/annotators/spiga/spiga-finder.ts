/**
 * Finds landmarks with SPIGA. SPIGA can't tell whether there is a face, so the embedded annotator finds the faces. The first
 * crop lies around the embedded annotator's landmarks, the second around SPIGA's own.
 */
import type { Face, Point } from '../../faces/face.ts'
import { decodeSpigaOutput, planSpigaCrop, sampleSpigaInput } from './spiga-crop.ts'
import { isUsable, scoreAgreement, spigaBox, toFace, toLevel } from './spiga-passes.ts'
import type { FaceFinder } from '../face-search.ts'
import type { Level } from '../embedded/detection-pyramid.ts'
import { DETECTION_SIDES, findFaces } from '../embedded/find-faces.ts'
import { openLandmarkNets } from '../embedded/landmark-nets.ts'
import type { EmbeddedSettings } from '../embedded/open.ts'
import { openSpigaNet, type SpigaNet } from './spiga-net.ts'

/** Settings of the embedded annotator, and SPIGA's network. Plain data, so that it can be passed to a worker thread. */
export interface SpigaSettings extends EmbeddedSettings {
  /** ONNX file of the exported network. */
  readonly file: string
}

export async function openSpigaFinder(data: SpigaSettings): Promise<FaceFinder> {
  const nets = await openLandmarkNets(data.models, data.runtime)
  const spiga = await openSpigaNet(data.file, data.runtime)
  return {
    runtime: spiga.runtime,
    sides: DETECTION_SIDES[data.quality],
    async find(pyramid) {
      const faces: Face[] = []
      const known = await findFaces(pyramid, nets)
      if (known.length === 0) return []
      const finest = await pyramid.finest()
      for (const { landmarks } of known) {
        const face = await runTwice(finest, landmarks, spiga)
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

/** Returns null when SPIGA's output is not a usable set of landmarks. */
async function runTwice(level: Level, near: readonly Point[], net: SpigaNet): Promise<Face | null> {
  const first = await runOnce(level, toLevel(near, level), net)
  if (!isUsable(first)) return null
  const second = await runOnce(level, first, net)
  return isUsable(second) ? toFace(second, scoreAgreement(first, second), level) : null
}

async function runOnce({ pixels }: Level, near: readonly Point[], net: SpigaNet): Promise<Point[]> {
  const crop = planSpigaCrop(spigaBox(near))
  return decodeSpigaOutput(await net.locate(sampleSpigaInput(pixels, crop)), crop)
}
