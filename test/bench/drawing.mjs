import { readFileSync } from 'node:fs'
import { conditionOf } from '../../build/conditions/index.js'
import { encodeConditioningImage } from '../../build/tools/images/conditioning-image.js'
import { cpuMsPerCall } from './measure.mjs'

const SIDE = 512

/** Conditioning images at 512x512: what each kind costs beside the decoding of a picture. */
export async function benchDrawing() {
  const file = new URL('../fixtures/spiga-seg/upright.json', import.meta.url)
  const { faces } = JSON.parse(readFileSync(file, 'utf8'))
  const input = { width: SIDE, height: SIDE, faces, picture: softShapes(), style: 'spiga-seg' }
  const rows = [
    ['face-landmarks', 'spiga-seg', 3],
    ['face-landmarks', 'points'],
    ['face-landmarks', 'wireframe'],
    ['canny', null],
    ['color-palette', null],
  ]
  const measured = []
  for (const [kind, style, atMost] of rows) {
    const { render } = conditionOf(kind)
    const draw = () => encodeConditioningImage(render({ ...input, style: style ?? 'spiga-seg' }), SIDE, SIDE)
    measured.push({
      what: `conditioning image: drawing and PNG, 512x512, ${style ?? kind}`,
      value: await cpuMsPerCall(draw),
      unit: 'core-ms',
      atMost,
    })
  }
  return measured
}

function softShapes() {
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)]
    return 128 + 90 * Math.sin(x / 20 + (i % 3)) * Math.cos(y / 15) + 30 * Math.sign(Math.sin(x * y))
  })
}
