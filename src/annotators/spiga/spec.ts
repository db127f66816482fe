/**
 * SPIGA, the annotator of the Hugging Face blog post. It is fetched and exported to ONNX once. The embedded nets find the faces
 * for it.
 */
import { kitCommand } from '../../next-step.ts'
import type { CatalogModel } from '../../types.ts'
import type { FaceDetectorSpec } from '../annotator-spec.ts'

const model: CatalogModel = {
  name: 'spiga',
  title: 'SPIGA, finds 68 face landmarks (the annotator of the Hugging Face blog)',
  downloadBytes: 254_281_787,
  licence: 'code BSD-3-Clause; weights without a licence of their own, trained on 300W (non-commercial)',
  about: [
    'SPIGA (A. Prados-Torreblanca, J. M. Buenaposada, L. Baumela, BMVC 2022), the weights spiga_300wpublic: about 254 MB from the Hugging Face Hub, turned into an ONNX file of 209 MB on this machine.',
    'Turning it takes Python 3.11 to 3.13 and an environment of its own (about 1 GB, made once). Afterwards no Python is needed.',
    'Its authors publish no hash of the weights: the kit records the one of the first download and refuses another later.',
  ],
  terms:
    'The code is BSD-3-Clause. The weights have no licence tag of their own, and they were trained on 300W, whose pictures are for research and not for commercial use.',
}

export const spiga: FaceDetectorSpec<'spiga'> = {
  name: 'spiga',
  words: 'SPIGA, fetched once',
  by: 'spiga',
  version: 2,
  needs: {
    model,
    openModel: async () => (await import('./spiga-download.ts')).spigaSource,
    observe: async () => (await import('./spiga-model.ts')).observeSpiga(),
    check(fact) {
      const expected = 'SPIGA, fetched and exported'
      if (typeof fact?.folder === 'string')
        return { code: 'spiga', status: 'pass', found: `spiga in ${fact.folder}`, expected, remedy: '' }
      const remedy = `Fetch it: ${spigaFetch()}`
      return { code: 'spiga-missing', status: 'fail', found: 'SPIGA is not installed yet', expected, remedy }
    },
  },
  from: 'picture',
  onAnyPicture: () => ({
    flags: { annotator: 'spiga' },
    cost: `SPIGA, 209 MB, fetched once: ${spigaFetch()}; about 1.1 s of one core a face`,
    coreMs: 1100,
  }),
  open: async () => (await import('./open.ts')).spigaSearch,
}

function spigaFetch(): string {
  return kitCommand('models', { action: 'fetch', words: [model.name] })
}
