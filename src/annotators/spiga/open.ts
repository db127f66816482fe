import type { FaceSearch } from '../face-search.ts'
import { embeddedSearch, hashModels, type EmbeddedSettings } from '../embedded/open.ts'
import { openSpigaFinder, type SpigaSettings } from './spiga-finder.ts'
import { requireSpigaModel } from './spiga-model.ts'
import { spiga } from './spec.ts'

/**
 * The SPIGA annotator, installed by `models fetch spiga`. `choose` throws the UserError `spiga-missing` when it is not
 * installed.
 */
export const spigaSearch: FaceSearch = {
  async choose(quality, runtime) {
    const { file, sha256 } = await requireSpigaModel()
    const faces = await embeddedSearch.choose(quality, runtime)
    const settings: SpigaSettings = { ...(faces.settings as EmbeddedSettings), file }
    const { name, version } = spiga
    return {
      settings,
      // `onnx` is the sha256 of the exported network.
      identity: Object.assign({ ...faces.identity, name, version }, { onnx: sha256 }),
      line: `${name} ${version} ${quality}, onnx ${sha256.slice(0, 12)}, models ${hashModels(settings.models)}`,
    }
  },
  openFinder: (settings) => openSpigaFinder(settings as SpigaSettings),
}
