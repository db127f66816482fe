/** Canny edges as OpenCV computes them: thresholds 100 and 200, no blur, aperture 3, gradient strength |dx| + |dy|. */
import { needPicture, type AnyPicture, type Condition, type RenderInput } from './condition.ts'
import { findEdges } from '../raster/canny-edges.ts'
import { kitCommand } from '../next-step.ts'

const LOW = 100
const HIGH = 200

export const canny = {
  kind: 'canny',
  title: 'canny edges',
  from: 'picture',
  version: 1,
  drives: () => `the edges of the picture, white on black (Canny, thresholds ${LOW} and ${HIGH}, no blur)`,
  fromAnyPicture: (): AnyPicture => ({
    command: kitCommand('annotate', { words: ['photo.jpg'], flags: { kind: 'canny' } }),
    cost: 'about 19 ms of one core a 512 px picture; no model',
  }),
  lookFor: 'the conditioning image shows the same picture, and the caption says what is on it',
  render,
} as const satisfies Condition

function render(input: RenderInput): Uint8Array {
  const { width, height } = input
  const edges = findEdges({ rgb: needPicture(input), width, height, low: LOW, high: HIGH })
  const rgb = new Uint8Array(edges.length * 3)
  for (let pixel = 0; pixel < edges.length; pixel++) {
    if (edges[pixel] === 1) rgb.fill(255, pixel * 3, pixel * 3 + 3)
  }
  return rgb
}
