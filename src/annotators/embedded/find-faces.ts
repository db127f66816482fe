/**
 * Finds all faces of a picture with 68 landmarks each. docs/decisions/embedded-annotator.md describes the method and its
 * accuracy.
 */
import { boundingBox, overlap, suppressOverlaps, type ScoredBox } from '../../faces/boxes.ts'
import type { Face, Point } from '../../faces/face.ts'
import { CELL_SIDE, decodeDetections } from '../../faces/face-detection.ts'
import { averageViews, viewLandmarks } from '../../faces/landmark-views.ts'
import { planFirstCrop, planLevelledCrop, type NetCrop } from '../../faces/net-crop.ts'
import { mirrorPixels, sampleCrop } from '../../faces/sample-crop.ts'
import { pickLevel, type Level, type Pyramid } from './detection-pyramid.ts'
import { LANDMARK_NET_SIDE, type LandmarkNets } from './landmark-nets.ts'

/** Longer sides of the picture in the detector: small sides find large faces, large sides find small faces. */
export const DETECTION_SIDES = { best: [896, 448, 224], fast: [608, 224] } as const
const MIN_DETECTION_SCORE = 0.5
const MAX_BOX_OVERLAP = 0.4

/** Sizes of the second crops, as multiples of the face. Each crop is evaluated as it is and mirrored. */
const VIEW_SCALES = [1, 1.15, 1.3] as const

/** With a larger spread the views disagree: it is not a face, or a face in profile. */
const MAX_SPREAD = 0.06
/**
 * With a smaller spread it is certainly a face, whatever the detector's box. The smallest spread seen on anything else is
 * 0.038.
 */
const CLEAR_SPREAD = 0.03
/** Least overlap of the landmarks' box with the detector's box, which is loose around tilted heads. */
const MIN_BOX_AGREEMENT = { clear: 0.15, doubtful: 0.3 } as const

/** Uses the levels of `DETECTION_SIDES`. Returns faces in pixels of `pyramid.source`, best first. */
export async function findFaces(pyramid: Pyramid, nets: LandmarkNets): Promise<Face[]> {
  const boxes: ScoredBox[] = []
  for (const level of pyramid.forDetector) boxes.push(...(await detect(level, nets)))
  const found: LocatedFace[] = []
  for (const box of suppressOverlaps(boxes, MAX_BOX_OVERLAP)) {
    const located = await locate(box, pyramid, nets)
    if (isFace(located, box)) found.push(located)
  }
  // Two boxes around the same face lead to the same landmarks, so overlaps are removed again.
  return suppressOverlaps(found, MAX_BOX_OVERLAP).map(toFace)
}

async function detect(level: Level, nets: LandmarkNets): Promise<ScoredBox[]> {
  const { data, width, height } = level.pixels
  const cells = await nets.detect(data, width, height)
  const grid = { cells, rows: height / CELL_SIDE, columns: width / CELL_SIDE }
  return decodeDetections(grid, {
    scaleX: 1 / level.scaleX,
    scaleY: 1 / level.scaleY,
    minScore: MIN_DETECTION_SCORE,
  })
}

interface LocatedFace extends ScoredBox {
  readonly landmarks: readonly Point[]
  readonly spread: number
}

async function locate(box: ScoredBox, pyramid: Pyramid, nets: LandmarkNets): Promise<LocatedFace> {
  const [first] = await runLandmarkNet([planFirstCrop(box)], pyramid, nets, { mirrored: false })
  const crops = VIEW_SCALES.map((scale) => planLevelledCrop(first as Point[], scale))
  const views = await runLandmarkNet(crops, pyramid, nets, { mirrored: true })
  const { landmarks, spread } = averageViews(views)
  return { ...boundingBox(landmarks), score: Math.max(0, 1 - spread), landmarks, spread }
}

function isFace(located: LocatedFace, box: ScoredBox): boolean {
  const certainty = located.spread <= CLEAR_SPREAD ? 'clear' : 'doubtful'
  return located.spread <= MAX_SPREAD && overlap(box, located) >= MIN_BOX_AGREEMENT[certainty]
}

/** Returns the landmarks for each crop, from one evaluation of the net; with `mirrored`, also those of each mirrored crop. */
async function runLandmarkNet(
  crops: readonly NetCrop[],
  pyramid: Pyramid,
  nets: LandmarkNets,
  options: { mirrored: boolean },
): Promise<Point[][]> {
  const side = LANDMARK_NET_SIDE
  const inputs: LandmarkInput[] = []
  for (const crop of crops) {
    const data = sampleLevel(await pickLevel(pyramid, crop.side), crop)
    inputs.push({ crop, mirrored: false, data })
    if (options.mirrored)
      inputs.push({ crop, mirrored: true, data: mirrorPixels({ data, width: side, height: side }) })
  }
  const outputs = await nets.locate(Buffer.concat(inputs.map(({ data }) => data)), inputs.length)
  return inputs.map((input, i) =>
    viewLandmarks({ ...input, output: outputs.subarray(i * 136, (i + 1) * 136) }),
  )
}

interface LandmarkInput {
  readonly crop: NetCrop
  readonly mirrored: boolean
  readonly data: Uint8Array
}

function sampleLevel(level: Level, crop: NetCrop): Uint8Array {
  const scaled = {
    centreX: crop.centreX * level.scaleX,
    centreY: crop.centreY * level.scaleY,
    side: crop.side * level.scaleX,
    angle: crop.angle,
  }
  return sampleCrop(level.pixels, scaled, LANDMARK_NET_SIDE)
}

/** Converts from coordinates that count from the picture's edge to those that count from the first pixel's centre. */
function toFace({ landmarks, score }: LocatedFace): Face {
  const points = landmarks.map(([x, y]): Point => [x - 0.5, y - 0.5])
  const box = boundingBox(points)
  return { box: [box.x, box.y, box.width, box.height], score, landmarks: points }
}
