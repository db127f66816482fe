/** What `controlnet-kit models` knows: what each thing is, how large, under which licence. Pure. */
import type { CatalogModel } from './catalog-model.ts'
import { FACE_SYNTHETICS_SETS } from './face-synthetics-sets.ts'

const SPIGA: CatalogModel = {
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

export const MODEL_CATALOG: readonly CatalogModel[] = [SPIGA, ...FACE_SYNTHETICS_SETS]

export function findModel(name: string): CatalogModel | undefined {
  return MODEL_CATALOG.find((model) => model.name === name)
}
