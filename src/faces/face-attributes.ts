/** Describes a face by its landmarks, in words for captions. An uncertain attribute is an empty string. */
import type { Point } from './face.ts'
import type { FacePose } from './face-pose.ts'
import { turner } from './turn.ts'
import { MEAN_FACE } from './mean-face.ts'

export interface FaceAttributes {
  /** `facing the camera`, `head turned left`, `looking up`, `head turned right and looking down` */
  readonly pose: string
  /** `mouth open`, `mouth closed` or empty */
  readonly mouth: string
  /** `smiling`, `serious` or empty */
  readonly expression: string
  /** `eyes open`, `eyes closed` or empty */
  readonly eyes: string
}

export const NO_ATTRIBUTES: FaceAttributes = { pose: '', mouth: '', expression: '', eyes: '' }

/** Left and right are the picture's sides. docs/captions.md tells how the limits were measured. */
export function describeFace(landmarks: readonly Point[], pose: FacePose | null): FaceAttributes {
  if (pose === null || landmarks.length !== MEAN_FACE.length) return NO_ATTRIBUTES
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

/** From this angle in degrees on a head counts as turned: three times the usual pose error on real faces. */
const TURNED = 18

function describePose([yaw, pitch]: FacePose): string {
  const parts = [
    ...(Math.abs(yaw) < TURNED ? [] : [`head turned ${yaw < 0 ? 'left' : 'right'}`]),
    ...(Math.abs(pitch) < TURNED ? [] : [`looking ${pitch < 0 ? 'down' : 'up'}`]),
  ]
  return parts.length === 0 ? 'facing the camera' : parts.join(' and ')
}

/**
 * Returns the gap between the lips as a multiple of the nose's length. That length stays the same when the head turns sideways,
 * and shrinks like the gap when it tilts.
 */
export function measureMouthGap(face: readonly Point[]): number {
  const gap = (distance(face, 61, 67) + distance(face, 62, 66) + distance(face, 63, 65)) / 3
  return gap / distance(face, 27, 33)
}

/** Returns the gap between the eyelids as a multiple of the eye's width, averaged over both eyes. */
export function measureEyes(face: readonly Point[]): number {
  const lids =
    distance(face, 37, 41) + distance(face, 38, 40) + distance(face, 43, 47) + distance(face, 44, 46)
  return lids / 2 / (distance(face, 36, 39) + distance(face, 42, 45))
}

/**
 * Returns how much higher the mouth's corners are, and how much wider the mouth is, than those of the mean face in the same
 * pose. Larger means more of a smile.
 */
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

/** Returns how far the mouth's middle lies below the line through its corners, as a multiple of the mouth's width. */
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
