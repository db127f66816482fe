/** Writes models/*.onnx and models/models.json from the weights of @vladmandic/face-api: `npm run convert-face-nets`. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { faceDetector, faceLandmarks68 } from './face-nets/nets.mjs'
import { writeOnnx } from './face-nets/onnx-writer.mjs'

/** The models and the list of them, as `models/` holds them. Deterministic. */
export function convertFaceNets() {
  const models = [faceDetector(), faceLandmarks68()].map((graph) => ({
    name: graph.name,
    bytes: writeOnnx(graph),
  }))
  const list = models.map(({ name, bytes }) => ({
    name,
    file: `${name}.onnx`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  }))
  return { models, list: `${JSON.stringify(list, null, 2)}\n` }
}

function main() {
  const folder = fileURLToPath(new URL('../models/', import.meta.url))
  const { models, list } = convertFaceNets()
  for (const { name, bytes } of models) writeFileSync(join(folder, `${name}.onnx`), bytes)
  writeFileSync(join(folder, 'models.json'), list)
  process.stdout.write(list)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
