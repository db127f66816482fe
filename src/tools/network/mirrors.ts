/** Where files come from that lie neither on the Hub nor in a package index. */
import { GITHUB_RAW } from '../../environment/pins.ts'
import { readMirrorAddress } from './mirror-address.ts'

/** Where raw files of repositories come from: `CNK_GITHUB_RAW` names a mirror with the same paths. */
export function githubRaw(): string {
  return readMirrorAddress('CNK_GITHUB_RAW', GITHUB_RAW)
}

/** The host before November 2024 is gone. */
const FACE_SYNTHETICS_BASE = 'https://facesyntheticspubwedata.z6.web.core.windows.net/iccv-2021'

/** Where FaceSynthetics' zips lie: `CNK_FACE_SYNTHETICS` names a mirror with the same file names. */
export function faceSyntheticsBase(): string {
  return readMirrorAddress('CNK_FACE_SYNTHETICS', FACE_SYNTHETICS_BASE)
}
