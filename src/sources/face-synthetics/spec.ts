/** Microsoft's FaceSynthetics: rendered faces with exact landmarks and segmentations. */
import { formatCount } from '../../words.ts'
import { formatFolderPlace } from '../../formats/pictures/place-name.ts'
import { kitCommand } from '../../next-step.ts'
import type { CatalogModel } from '../../types.ts'
import type { SourceSpec } from '../source-spec.ts'

const LICENCE = 'https://github.com/microsoft/FaceSynthetics/blob/main/LICENSE.txt'

const SIZES = [
  { pictures: 100, downloadBytes: 34e6 },
  { pictures: 1000, downloadBytes: 320e6 },
  { pictures: 100_000, downloadBytes: 32e9 },
] as const

const TERMS =
  "Microsoft's Research Use of Data Agreement 1.0: you may use the pictures for computation in non-commercial research only. Neither they nor results of them, trained models included, may be part of a commercial offering. Whoever gets the data from you is bound by the same terms, and has to be told so."

const SETS: readonly CatalogModel[] = SIZES.map(({ pictures, downloadBytes }) => ({
  name: `face-synthetics-${pictures}`,
  title: `FaceSynthetics, ${formatCount(pictures)} rendered faces with exact landmarks`,
  downloadBytes,
  licence: 'Research Use of Data Agreement 1.0: non-commercial research only, trained models included',
  about: [
    `FaceSynthetics (E. Wood and others, ICCV 2021), ${formatCount(pictures)} pictures of 512 by 512 pixels with landmarks and segmentations: one zip from Microsoft, read in place, never unpacked.`,
    'Microsoft publishes no hash of it: the kit records the one of the first download and refuses another later.',
    `The agreement: ${LICENCE}`,
  ],
  terms: TERMS,
}))

export const faceSynthetics: SourceSpec<'face_synthetics', 'path'> = {
  kind: 'face_synthetics',
  takes: 'path',
  words: 'FaceSynthetics: its zip or its folder.',
  placeOf: (given, absolute) => absolute(given),
  showPlace: formatFolderPlace,
  columns: null,
  beside: ['captions', 'landmarks'],
  hasExactLandmarks: true,
  showsPeople: false,
  expected: "FaceSynthetics' zip or folder",
  whenMissing: () =>
    `Fetch a part of it (${kitCommand('models', { action: 'fetch', words: [SETS[0]!.name] })}), or correct dataset.source.`,
  cardWords: () => 'FaceSynthetics by Microsoft: rendered faces.',
  terms: {
    check: {
      code: 'face-synthetics-licence',
      path: 'dataset.source.face_synthetics',
      status: 'warn',
      found: "FaceSynthetics comes under Microsoft's Research Use of Data Agreement 1.0",
      expected:
        'non-commercial research; models trained on it and pictures they make are results, and bound too',
      remedy: 'For anything else, take other pictures.',
    },
    cardLicence: [
      'license: other',
      'license_name: research-use-of-data-agreement-v1.0',
      `license_link: ${LICENCE}`,
    ],
    datasetNotice:
      "The pictures come under Microsoft's Research Use of Data Agreement 1.0: for non-commercial research only. The same " +
      'holds for models trained on them, and for whoever receives this dataset.',
    modelLimit:
      "Trained on Microsoft's FaceSynthetics, whose licence allows non-commercial research only, results included.",
  },
  made: null,
  downloads: {
    models: SETS,
    open: async () => (await import('./face-synthetics-download.ts')).faceSyntheticsSource,
  },
  open: async () => (await import('./open.ts')).faceSyntheticsSource,
}
