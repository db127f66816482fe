/**
 * Rejects faces that are not useful for training although they were found. docs/dataset-filters.md tells how the limits were
 * chosen.
 */
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
    message: `its face is turned ${turned}; at most ${filters.max_pose}° are allowed`,
  }
}

/**
 * Largest share of landmarks outside the picture. Six guessed points of a chin or a brow are harmless; more are a part of the
 * face that is not visible.
 */
const MAX_OUTSIDE = 0.1

/** The last pixel's centre lies at width - 1, and its edge at width - 0.5. */
function countOutside({ landmarks }: Face, [width, height]: readonly [number, number]): number {
  return landmarks.filter(([x, y]) => x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5).length
}
