/** The 68 landmarks of each face, drawn in one of several styles. */
import { annotatorForAnyPicture } from '../annotators/index.ts'
import { DEFAULT_STYLE, styleOf } from './face-styles/index.ts'
import { createCanvas } from '../raster/canvas.ts'
import type { AnyPicture, Condition, ConditionConfig, RenderInput } from './condition.ts'
import { kitCommand } from '../next-step.ts'

export const faceLandmarks = {
  kind: 'face-landmarks',
  title: 'face landmarks',
  from: 'landmarks',
  version: 2,
  drives: ({ style }: ConditionConfig) => `where the 68 landmarks of each face are, drawn as ${style}`,
  fromAnyPicture,
  lookFor: 'the dots lie on brows, eyes, nose, lips and jaw, and the conditioning image shows the same face',
  render,
} as const satisfies Condition

function fromAnyPicture({ style, annotator, quality }: ConditionConfig): AnyPicture {
  const { flags, cost } = annotatorForAnyPicture(annotator).onAnyPicture(quality)
  const drawn = style === DEFAULT_STYLE ? {} : { style }
  return { command: kitCommand('annotate', { words: ['photo.jpg'], flags: { ...flags, ...drawn } }), cost }
}

/**
 * Paints the faces on black in the given order, later ones over earlier ones. Line widths and dots scale with the shorter side.
 */
function render({ width, height, faces, style }: RenderInput): Uint8Array {
  const canvas = createCanvas(width, height)
  const { draw } = styleOf(style)
  for (const face of faces) draw(canvas, face, Math.min(width, height) / 512)
  return canvas.data
}
