/** One more annotator, style, condition, source and kind of base model, as somebody would add them. */

const ANNOTATOR = `import type { FaceDetectorSpec } from '../annotator-spec.ts'

export const centre: FaceDetectorSpec<'centre'> = {
  name: 'centre',
  words: 'a face in the middle of each picture',
  by: 'centre',
  version: 1,
  needs: null,
  from: 'picture',
  onAnyPicture: () => ({ flags: { annotator: 'centre' }, cost: 'next to nothing', coreMs: 1 }),
  open: async () => (await import('./open.ts')).centreSearch,
}
`

const ANNOTATOR_OPEN = `import { LANDMARK_COUNT, type Point } from '../../faces/face.ts'
import type { FaceSearch } from '../face-search.ts'
import { centre } from './spec.ts'

export const centreSearch: FaceSearch = {
  choose: async (quality) => ({
    settings: null,
    identity: { name: centre.name, quality, version: centre.version, models: {} },
    line: 'centre 1',
  }),
  openFinder: async () => ({
    runtime: null,
    sides: [],
    async find({ source: { width, height } }) {
      const side = Math.min(width, height) / 3
      const landmarks = Array.from({ length: LANDMARK_COUNT }, (_, i): Point => {
        const turn = (2 * Math.PI * i) / LANDMARK_COUNT
        return [width / 2 + (Math.cos(turn) * side) / 2, height / 2 + (Math.sin(turn) * side) / 2]
      })
      const box = [(width - side) / 2, (height - side) / 2, side, side] as const
      return [{ box, score: 1, landmarks }]
    },
    close: async () => undefined,
  }),
}
`

const STYLE = `import { boundingBox } from '../../faces/boxes.ts'
import { fillCircle } from '../../raster/canvas.ts'
import { toCanvas, type FaceStyle } from './draw-face.ts'

export const corners: FaceStyle<'corners'> = {
  name: 'corners',
  words: 'the first corner of the box around the face',
  draw(canvas, face, scale) {
    const { x, y } = boundingBox(face)
    fillCircle(canvas, toCanvas([x, y]), 3 * scale, [255, 0, 0])
  },
}
`

const CONDITION = `import { kitCommand } from '../next-step.ts'
import { needPicture, type AnyPicture, type Condition } from './condition.ts'

export const negative = {
  kind: 'negative',
  title: 'negative',
  from: 'picture',
  version: 1,
  drives: () => 'the colours of the picture, each turned into its opposite',
  fromAnyPicture: (): AnyPicture => ({
    command: kitCommand('annotate', { words: ['photo.jpg'], flags: { kind: 'negative' } }),
    cost: 'about 9 ms of one core a 512 px picture; no model',
  }),
  measure: 'palette_distance',
  lookFor: 'the conditioning image shows the same picture',
  render: (input) => needPicture(input).map((value) => 255 - value),
} as const satisfies Condition
`

const SOURCE = `import { formatFolderPlace } from '../../formats/pictures/place-name.ts'
import type { SourceSpec } from '../source-spec.ts'

export const album: SourceSpec<'album', 'path'> = {
  kind: 'album',
  takes: 'path',
  words: 'An album: a folder of pictures.',
  placeOf: (given, absolute) => absolute(given),
  showPlace: formatFolderPlace,
  columns: null,
  beside: ['captions'],
  hasExactLandmarks: false,
  showsPeople: true,
  expected: 'an album',
  cardWords: () => "the maker's own album.",
  terms: null,
  made: null,
  open: async () => (await import('./open.ts')).albumSource,
}
`

const SOURCE_OPEN = `import { observeFolder } from '../folders-and-zips/observe-folder.ts'
import { openFolderOrZip } from '../folders-and-zips/open-folder.ts'
import type { SourceModule } from '../source-module.ts'

export const albumSource: SourceModule = {
  observe: (given, options) => observeFolder({ kind: 'album', given, wanted: null }, options),
  open: (options) => openFolderOrZip(options, null),
}
`

const BASE_MODEL = `import type { BaseModelSpec } from './base-model-spec.ts'
import { UNKNOWN_LICENCE } from './inherited-licence.ts'

export const shelf: BaseModelSpec<{ readonly shelf: string; readonly board: 'upper' | 'lower' }> = {
  kind: 'shelf',
  keys: {
    shelf: { takes: 'path', words: 'A shelf of models.' },
    board: { takes: ['upper', 'lower'], default: 'upper', words: 'Which board.' },
  },
  nameOf: ({ shelf }) => shelf,
  plan: ({ shelf, board }, { facts }) => ({
    folder: facts.workingDirectory + '/' + shelf + '/' + board,
    stamp: '{cache}/base-models/shelf.json',
    commands: [],
    summary: 'the ' + board + ' board of ' + shelf,
  }),
  lies: 'with-person',
  hubOf: () => null,
  isSmall: true,
  cachedBytes: 0,
  parts: null,
  licenceOf: () => UNKNOWN_LICENCE,
  cardWords: () => 'a model from a shelf',
}
`

/** By their place below src/. */
export const MADE_UP_FILES: Readonly<Record<string, string>> = {
  'annotators/centre/spec.ts': ANNOTATOR,
  'annotators/centre/open.ts': ANNOTATOR_OPEN,
  'conditions/face-styles/corners.ts': STYLE,
  'conditions/negative.ts': CONDITION,
  'sources/album/spec.ts': SOURCE,
  'sources/album/open.ts': SOURCE_OPEN,
  'base-models/shelf.ts': BASE_MODEL,
}

/** The line of each in its list. */
export const MADE_UP_LINES = [
  { list: 'annotators/index.ts', entry: 'ANNOTATORS', name: 'centre', from: './centre/spec.ts' },
  { list: 'conditions/face-styles/index.ts', entry: 'FACE_STYLES', name: 'corners', from: './corners.ts' },
  { list: 'conditions/index.ts', entry: 'CONDITIONS', name: 'negative', from: './negative.ts' },
  { list: 'sources/index.ts', entry: 'SOURCES', name: 'album', from: './album/spec.ts' },
  { list: 'base-models/index.ts', entry: 'BASE_MODELS', name: 'shelf', from: './shelf.ts' },
] as const
