/** Where files come from that lie neither on the Hub nor in a package index. */
import { FACE_SYNTHETICS_BASE } from '../models/face-synthetics-sets.ts'
import { GITHUB_RAW } from '../../environment/pins.ts'
import { readMirrorAddress } from './mirror-address.ts'

/** Where raw files of repositories come from: `CNK_GITHUB_RAW` names a mirror with the same paths. */
export function githubRaw(): string {
  return readMirrorAddress('CNK_GITHUB_RAW', GITHUB_RAW)
}

/** Where FaceSynthetics' zips lie: `CNK_FACE_SYNTHETICS` names a mirror with the same file names. */
export function faceSyntheticsBase(): string {
  return readMirrorAddress('CNK_FACE_SYNTHETICS', FACE_SYNTHETICS_BASE)
}
