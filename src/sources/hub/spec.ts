/** A dataset on the Hugging Face Hub. */
import { hubDownload } from '../../formats/text/hub-download.ts'
import type { SourceSpec } from '../source-spec.ts'

const HUB_NAME = /^[\w.-]{1,96}\/[\w.-]{1,96}$/
const REVISION = /^(?!.*(\.\.|\/\/|@\{))[\w.][\w./+-]{0,254}$/

export const hub: SourceSpec<'hub', 'text'> = {
  kind: 'hub',
  takes: 'text',
  words: 'A Hub dataset: user/set@revision.',
  problemOf(given) {
    const [name = '', ...revision] = given.split('@')
    const isName = HUB_NAME.test(name) && !/--|\.\.|^\.|\/\.|\.git$/.test(name)
    if (isName && revision.every((text) => REVISION.test(text)) && revision.length < 2) return null
    return `expected user/set or user/set@revision, got ${given}`
  },
  placeOf: (given) => given,
  showPlace: (given) => given,
  columns: { words: 'hub', haveCaptions: true, havePictures: true },
  beside: [],
  hasExactLandmarks: false,
  showsPeople: true,
  expected: 'a dataset on the Hub',
  fetchFirst: (given) => `fetch it first with: ${hubDownload(given, 'dataset')}`,
  cardWords: (given) => `the Hub dataset ${given}; its terms hold for them.`,
  terms: null,
  made: null,
  open: async () => (await import('./open.ts')).hubSource,
}
