/** Microsoft's FaceSynthetics as `models fetch` offers it. Pure. */
import type { CatalogModel } from './catalog-model.ts'
import { formatCount } from '../../words.ts'

/** Where its zips lie; the host before November 2024 is gone. */
export const FACE_SYNTHETICS_BASE = 'https://facesyntheticspubwedata.z6.web.core.windows.net/iccv-2021'

const FACE_SYNTHETICS_LICENCE = 'https://github.com/microsoft/FaceSynthetics/blob/main/LICENSE.txt'

const SIZES = [
  { pictures: 100, downloadBytes: 34e6 },
  { pictures: 1000, downloadBytes: 320e6 },
  { pictures: 100_000, downloadBytes: 32e9 },
] as const

const TERMS =
  "Microsoft's Research Use of Data Agreement 1.0: you may use the pictures for computation in non-commercial research only. Neither they nor results of them, trained models included, may be part of a commercial offering. Whoever gets the data from you is bound by the same terms, and has to be told so."

export const FACE_SYNTHETICS_SETS: readonly CatalogModel[] = SIZES.map(({ pictures, downloadBytes }) => ({
  name: `face-synthetics-${pictures}`,
  title: `FaceSynthetics, ${formatCount(pictures)} rendered faces with exact landmarks`,
  downloadBytes,
  licence: 'Research Use of Data Agreement 1.0: non-commercial research only, trained models included',
  about: [
    `FaceSynthetics (E. Wood and others, ICCV 2021), ${formatCount(pictures)} pictures of 512 by 512 pixels with landmarks and segmentations: one zip from Microsoft, read in place, never unpacked.`,
    'Microsoft publishes no hash of it: the kit records the one of the first download and refuses another later.',
    `The agreement: ${FACE_SYNTHETICS_LICENCE}`,
  ],
  terms: TERMS,
}))

/** `face-synthetics-100` → `dataset_100.zip` */
export function faceSyntheticsFile(name: string): string {
  return `dataset_${name.slice('face-synthetics-'.length)}.zip`
}

/** The line of the config that takes its pictures from the file. */
export function formatSourceLine(file: string): string {
  const path = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file)
  return `dataset: { source: { face_synthetics: ${path} } }`
}
