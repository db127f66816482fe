/** Microsoft's FaceSynthetics: rendered faces with exact landmarks and segmentations. */
import { formatFolderPlace } from '../../formats/pictures/place-name.ts'
import { kitCommand } from '../../next-step.ts'
import type { SourceSpec } from '../source-spec.ts'

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
    `Fetch a part of it (${kitCommand('models', { action: 'fetch', words: ['face-synthetics-100'] })}), or correct dataset.source.`,
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
      'license_link: https://github.com/microsoft/FaceSynthetics/blob/main/LICENSE.txt',
    ],
    datasetNotice:
      "The pictures come under Microsoft's Research Use of Data Agreement 1.0: for non-commercial research only. The same " +
      'holds for models trained on them, and for whoever receives this dataset.',
    modelLimit:
      "Trained on Microsoft's FaceSynthetics, whose licence allows non-commercial research only, results included.",
  },
  made: null,
  open: async () => (await import('./open.ts')).faceSyntheticsSource,
}
