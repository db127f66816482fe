import type { FacePose } from '../faces/face-pose.ts'

/** Degrees by which a head is turned aside or nods, whichever is more. The first limit is that of the captions' `facing the camera`. */
const GROUPS = [
  ['ahead', 18],
  ['turned', 45],
  ['far turned', Infinity],
] as const

export type PoseGroup = (typeof GROUPS)[number][0]
export const POSE_GROUPS: readonly PoseGroup[] = GROUPS.map(([group]) => group)

export function poseGroup([yaw, pitch]: FacePose): PoseGroup {
  const turned = Math.max(Math.abs(yaw), Math.abs(pitch))
  return GROUPS.find(([, below]) => turned < below)![0]
}
