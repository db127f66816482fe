/** What the landmarks tell of a face, in words for a caption. Where they don't tell, nothing is said. */
import type { Point } from './face.ts'
import type { FacePose } from './face-pose.ts'
import { turner } from './turn.ts'
import { MEAN_FACE } from './mean-face.ts'

export interface FaceCues {
  /** `facing the camera`, `head turned left`, `looking up`, `head turned right and looking down` */
  readonly pose: string
  /** `mouth open`, `mouth closed` or nothing */
  readonly mouth: string
  /** `smiling`, `serious` or nothing */
  readonly expression: string
  /** `eyes open`, `eyes closed` or nothing */
  readonly eyes: string
}

export const NO_CUES: FaceCues = { pose: '', mouth: '', expression: '', eyes: '' }

/** Left and right are those of the picture. How the limits were found: docs/captions.md. */
export function describeFace(landmarks: readonly Point[], pose: FacePose | null): FaceCues {
  if (pose === null || landmarks.length !== MEAN_FACE.length) return NO_CUES
  const smile = measureSmile(landmarks, pose)
  const mouth = measureMouthGap(landmarks)
  const eyes = measureEyes(landmarks)
  return {
    pose: describePose(pose),
    mouth: choose(mouth, [0.12, 'mouth closed'], [0.2, 'mouth open']),
    expression: choose(smile, [0.04, 'serious'], [0.065, 'smiling']),
    eyes: choose(eyes, [0.12, 'eyes closed'], [0.2, 'eyes open']),
  }
}

type Limit = readonly [value: number, words: string]

function choose(value: number, [low, below]: Limit, [high, above]: Limit): string {
  return value < low ? below : value > high ? above : ''
}

/** Degrees from which a head is not facing the camera: three times the usual error of the pose of a real face. */
const TURNED = 18

function describePose([yaw, pitch]: FacePose): string {
  const parts = [
    ...(Math.abs(yaw) < TURNED ? [] : [`head turned ${yaw < 0 ? 'left' : 'right'}`]),
    ...(Math.abs(pitch) < TURNED ? [] : [`looking ${pitch < 0 ? 'down' : 'up'}`]),
  ]
  return parts.length === 0 ? 'facing the camera' : parts.join(' and ')
}

/** Between the lips, in lengths of the nose: that keeps its length when the head turns aside, and shrinks as the gap does. */
export function measureMouthGap(face: readonly Point[]): number {
  const gap = (distance(face, 61, 67) + distance(face, 62, 66) + distance(face, 63, 65)) / 3
  return gap / distance(face, 27, 33)
}

/** Between the lids, in widths of the eyes; both eyes together. */
export function measureEyes(face: readonly Point[]): number {
  const lids =
    distance(face, 37, 41) + distance(face, 38, 40) + distance(face, 43, 47) + distance(face, 44, 46)
  return lids / 2 / (distance(face, 36, 39) + distance(face, 42, 45))
}

/** How much higher the corners of the mouth are, and how much wider it is, than the mean face's turned the same way. */
function measureSmile(face: readonly Point[], [yaw, pitch, roll]: FacePose): number {
  const { direction } = turner({ yaw, pitch, roll, pivot: [0, 0, 0] })
  const mean = MEAN_FACE.map((point): Point => {
    const [x, y] = direction(point)
    return [x, y]
  })
  const wider = measureMouthWidth(face) / measureMouthWidth(mean) - 1
  return measureLift(face) - measureLift(mean) + 0.25 * wider
}

function measureMouthWidth(face: readonly Point[]): number {
  return distance(face, 48, 54) / distance(face, 36, 45)
}

/** How far the middle of the mouth lies below the line through its corners, in widths of the mouth. */
function measureLift(face: readonly Point[]): number {
  const [left, right, above, below] = [48, 54, 62, 66].map((index) => face[index]!) as [
    Point,
    Point,
    Point,
    Point,
  ]
  const [dx, dy] = [right[0] - left[0], right[1] - left[1]]
  const [x, y] = [(above[0] + below[0]) / 2 - left[0], (above[1] + below[1]) / 2 - left[1]]
  return (dx * y - dy * x) / (dx * dx + dy * dy)
}

function distance(face: readonly Point[], a: number, b: number): number {
  return Math.hypot(face[a]![0] - face[b]![0], face[a]![1] - face[b]![1])
}
