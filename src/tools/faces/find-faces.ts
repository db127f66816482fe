/** Finds every face of a picture and its 68 landmarks. Recipe and figures: docs/decisions/embedded-annotator.md. */
import { boundingBox, overlap, suppressOverlaps, type ScoredBox } from '../../dataset/faces/boxes.ts'
import type { Face, Point } from '../../dataset/face.ts'
import { CELL_SIDE, decodeDetections } from '../../dataset/faces/face-detection.ts'
import { averageViews, viewLandmarks } from '../../dataset/faces/landmark-views.ts'
import { planFirstCrop, planLevelledCrop, type NetCrop } from '../../dataset/faces/net-crop.ts'
import { mirrorPixels, sampleCrop } from '../../dataset/pictures/sample-crop.ts'
import { buildPyramid, pickLevel, type Level } from './detection-pyramid.ts'
import { LANDMARK_NET_SIDE, type LandmarkNets } from './landmark-nets.ts'
import type { Picture } from '../images/pictures.ts'

export type AnnotatorQuality = 'best' | 'fast'

/** Longer sides of the picture that the detector looks at: small ones find large faces, large ones small faces. */
const DETECTION_SIDES = { best: [896, 448, 224], fast: [608, 224] } as const
const MIN_DETECTION_SCORE = 0.5
const MAX_BOX_OVERLAP = 0.4

/** The second crops, in sizes of the face; each is looked at as it is and mirrored. */
const VIEW_SCALES = [1, 1.15, 1.3] as const

/** Above this the views disagree: there is no face, or one seen from the side. */
const MAX_SPREAD = 0.06
/** Below this there is a face, wherever the detector saw it; no other thing has come under 0.038. */
const CLEAR_SPREAD = 0.03
/** Least overlap of the landmarks with the detector's box, which is loose around tilted heads. */
const MIN_BOX_AGREEMENT = { clear: 0.15, doubtful: 0.3 } as const

/** Faces in pixels of `picture.source`, best first. */
export async function findFaces(
  picture: Picture,
  nets: LandmarkNets,
  quality: AnnotatorQuality,
): Promise<Face[]> {
  const levels = await buildPyramid(picture, DETECTION_SIDES[quality])
  const boxes: ScoredBox[] = []
  for (const level of levels.filter((each) => each.padded)) boxes.push(...(await detect(level, nets)))
  const found: LocatedFace[] = []
  for (const box of suppressOverlaps(boxes, MAX_BOX_OVERLAP)) {
    const located = await locate(box, levels, nets)
    if (isFace(located, box)) found.push(located)
  }
  // Two boxes around the same face end in the same landmarks.
  return suppressOverlaps(found, MAX_BOX_OVERLAP).map((face) => toFace(face, picture))
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

async function locate(box: ScoredBox, levels: readonly Level[], nets: LandmarkNets): Promise<LocatedFace> {
  const [first] = await look([planFirstCrop(box)], levels, nets, { mirrored: false })
  const crops = VIEW_SCALES.map((scale) => planLevelledCrop(first as Point[], scale))
  const views = await look(crops, levels, nets, { mirrored: true })
  const { landmarks, spread } = averageViews(views)
  return { ...boundingBox(landmarks), score: Math.max(0, 1 - spread), landmarks, spread }
}

function isFace(located: LocatedFace, box: ScoredBox): boolean {
  const certainty = located.spread <= CLEAR_SPREAD ? 'clear' : 'doubtful'
  return located.spread <= MAX_SPREAD && overlap(box, located) >= MIN_BOX_AGREEMENT[certainty]
}

/** The landmarks that each crop gives, in one evaluation; with `mirrored`, also those of each mirrored crop. */
async function look(
  crops: readonly NetCrop[],
  levels: readonly Level[],
  nets: LandmarkNets,
  options: { mirrored: boolean },
): Promise<Point[][]> {
  const side = LANDMARK_NET_SIDE
  const inputs = crops.flatMap((crop) => {
    const data = sampleLevel(pickLevel(levels, crop.side), crop)
    const upright = { crop, mirrored: false, data }
    if (!options.mirrored) return [upright]
    return [upright, { crop, mirrored: true, data: mirrorPixels({ data, width: side, height: side }) }]
  })
  const outputs = await nets.locate(Buffer.concat(inputs.map(({ data }) => data)), inputs.length)
  return inputs.map((input, i) =>
    viewLandmarks({ ...input, output: outputs.subarray(i * 136, (i + 1) * 136) }),
  )
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

/** From the decoded picture, counted from its edge, to the whole picture, counted from the first pixel's centre. */
function toFace({ landmarks, score }: LocatedFace, { width, height, source }: Picture): Face {
  const [scaleX, scaleY] = [source.width / width, source.height / height]
  const points = landmarks.map(([x, y]): Point => [x * scaleX - 0.5, y * scaleY - 0.5])
  const box = boundingBox(points)
  return { box: [box.x, box.y, box.width, box.height], score, landmarks: points }
}
