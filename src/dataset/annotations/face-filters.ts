/** Which faces are of no use to train on, though they were found. How the limits were chosen: docs/dataset-filters.md. */
import type { Config } from '../../types.ts'
import type { Annotation } from './annotation.ts'
import type { Face } from '../../faces/face.ts'
import type { Reject } from './rejects.ts'

type Filters = Config['dataset']['filters']

export function findFaceProblem({ face, size, pose }: Annotation, filters: Filters): Reject | null {
  if (face === null || size === null) return null
  if (filters.cut_faces === 'reject') {
    const outside = countOutside(face, size)
    if (outside > face.landmarks.length * MAX_OUTSIDE) {
      const message = `${outside} of its ${face.landmarks.length} landmarks lie outside the picture`
      return { code: 'cut-face', message }
    }
  }
  if (pose === undefined) return null
  const [yaw, pitch] = pose.map(Math.round) as [number, number]
  if (Math.max(Math.abs(yaw), Math.abs(pitch)) <= filters.max_pose) return null
  const turned =
    Math.abs(yaw) >= Math.abs(pitch) ? `${Math.abs(yaw)}° aside` : `${Math.abs(pitch)}° up or down`
  return {
    code: 'extreme-pose',
    message: `its face is turned ${turned}; at most ${filters.max_pose}° are asked for`,
  }
}

/** Share of the landmarks: six points of a chin or a brow may be guessed, more are a part of the face that nobody sees. */
const MAX_OUTSIDE = 0.1

/** The last pixel's centre lies at width - 1; half a pixel around it is still inside. */
function countOutside({ landmarks }: Face, [width, height]: readonly [number, number]): number {
  return landmarks.filter(([x, y]) => x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5).length
}
