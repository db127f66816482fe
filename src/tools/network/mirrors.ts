/** Base URLs of files that are neither on the Hub nor in a package index. */
import { GITHUB_RAW } from '../../environment/pins.ts'
import { readMirrorAddress } from './mirror-address.ts'

/** Returns the base URL of raw repository files; `CNK_GITHUB_RAW` names a mirror with the same paths. */
export function githubRaw(): string {
  return readMirrorAddress('CNK_GITHUB_RAW', GITHUB_RAW)
}

/** The host used before November 2024 no longer exists. */
const FACE_SYNTHETICS_BASE = 'https://facesyntheticspubwedata.z6.web.core.windows.net/iccv-2021'

/** Returns the base URL of FaceSynthetics' zips; `CNK_FACE_SYNTHETICS` names a mirror with the same file names. */
export function faceSyntheticsBase(): string {
  return readMirrorAddress('CNK_FACE_SYNTHETICS', FACE_SYNTHETICS_BASE)
}
