/**
 * Reads the weights of a net of @vladmandic/face-api: `<net>_model-weights_manifest.json` names the tensors, and
 * `<net>_model.bin` holds them back to back in that order, one byte a value: value = byte * scale + min.
 *
 * @typedef {{ shape: number[], scale: number, min: number, quantised: Uint8Array }} Weight
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const packageFolder = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'))

/**
 * @param {string} net
 * @returns {Map<string, Weight>}
 */
export function readWeights(net) {
  const folder = join(packageFolder, 'model')
  const manifest = JSON.parse(readFileSync(join(folder, `${net}_model-weights_manifest.json`), 'utf8'))
  const bin = readFileSync(join(folder, `${net}_model.bin`))
  const weights = new Map()
  let offset = 0
  for (const { name, shape, quantization } of manifest[0].weights) {
    if (quantization?.dtype !== 'uint8') throw new Error(`${net}: expected ${name} to be quantised to uint8`)
    const size = shape.reduce(
      (/** @type {number} */ product, /** @type {number} */ side) => product * side,
      1,
    )
    const quantised = Uint8Array.from(bin.subarray(offset, offset + size))
    weights.set(name, { shape, scale: quantization.scale, min: quantization.min, quantised })
    offset += size
  }
  if (offset !== bin.length)
    throw new Error(`${net}: expected ${offset} bytes of weights, found ${bin.length}`)
  return weights
}
