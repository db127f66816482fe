import { FACE_SYNTHETICS_BASE } from '../dataset/sources/face-synthetics-sets.ts'
import { GITHUB_RAW } from '../trainer/pins.ts'

/** Where raw files of repositories come from: `CNK_GITHUB_RAW` names a mirror with the same paths. */
export function githubRaw(): string {
  const mirror = process.env['CNK_GITHUB_RAW']
  return (mirror === undefined || mirror === '' ? GITHUB_RAW : mirror).replace(/\/+$/, '')
}

/** The Hugging Face Hub, or the mirror that `HF_ENDPOINT` names. */
export function hubEndpoint(): string {
  const mirror = process.env['HF_ENDPOINT']
  return (mirror === undefined || mirror === '' ? 'https://huggingface.co' : mirror).replace(/\/+$/, '')
}

/** Where FaceSynthetics' zips lie: `CNK_FACE_SYNTHETICS` names a mirror with the same file names. */
export function faceSyntheticsBase(): string {
  const mirror = process.env['CNK_FACE_SYNTHETICS']
  return (mirror === undefined || mirror === '' ? FACE_SYNTHETICS_BASE : mirror).replace(/\/+$/, '')
}
