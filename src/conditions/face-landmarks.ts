/** 68 landmarks of each face, drawn in one of several styles. */
import type { DrawFace } from './face-styles/draw-face.ts'
import { drawPoints } from './face-styles/points.ts'
import { drawSpigaSeg } from './face-styles/spiga-seg.ts'
import { drawWireframe } from './face-styles/wireframe.ts'
import { createCanvas } from '../raster/canvas.ts'
import type { AnyPicture, Condition, ConditionConfig, RenderInput } from './condition.ts'
import { kitCommand } from '../next-step.ts'

const DRAWINGS: Readonly<Record<ConditionConfig['style'], DrawFace>> = {
  'spiga-seg': drawSpigaSeg,
  points: drawPoints,
  wireframe: drawWireframe,
}

const SPIGA_COST: string = `SPIGA, 209 MB, fetched once: ${kitCommand('models', { action: 'fetch', words: ['spiga'] })}; about 1.1 s of one core a face`

export const faceLandmarks = {
  kind: 'face-landmarks',
  title: 'face landmarks',
  from: 'landmarks',
  version: 2,
  drives: ({ style }: ConditionConfig) => `where the 68 landmarks of each face are, drawn as ${style}`,
  fromAnyPicture,
  render,
} as const satisfies Condition

/** Milliseconds of one core: reading, finding and drawing one face in a 512 px JPEG. */
const COST_MS: Readonly<Record<ConditionConfig['quality'], number>> = { best: 100, fast: 60 }

function fromAnyPicture({ style, annotator, quality }: ConditionConfig): AnyPicture {
  const embedded = `embedded annotator, 0.6 MB, ships with the kit; about ${COST_MS[quality]} ms of one core a 512 px picture`
  const flags = {
    ...(annotator === 'spiga' ? { annotator } : quality === 'fast' ? { quality } : {}),
    ...(style === 'spiga-seg' ? {} : { style }),
  }
  return {
    command: kitCommand('annotate', { words: ['photo.jpg'], flags }),
    cost: annotator === 'spiga' ? SPIGA_COST : embedded,
  }
}

/** Black, with every face painted over the ones before. Lines and dots grow with the shorter side. */
function render({ width, height, faces, style }: RenderInput): Uint8Array {
  const canvas = createCanvas(width, height)
  for (const face of faces) DRAWINGS[style](canvas, face, Math.min(width, height) / 512)
  return canvas.data
}
