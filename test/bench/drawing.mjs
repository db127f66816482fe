import { readFileSync } from 'node:fs'
import { drawConditioningImage } from '../../dist/tools/conditioning-image.js'
import { cpuMsPerCall } from './measure.mjs'

/** Landmarks → conditioning PNG at 512x512. */
export async function benchDrawing() {
  const file = new URL('../fixtures/spiga-seg/upright.json', import.meta.url)
  const { faces, width, height } = JSON.parse(readFileSync(file, 'utf8'))
  const value = await cpuMsPerCall(() => drawConditioningImage(faces, { width, height }))
  return [
    {
      what: 'conditioning image: drawing and PNG, 512x512',
      value,
      unit: 'core-ms',
      atMost: 3,
    },
  ]
}
