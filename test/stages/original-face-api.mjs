/**
 * Runs the two nets of the original package and prints what they answer, as JSON. A program of its own: the package's only
 * build that needs nothing else is made for browsers, so two globals of a browser have to be there.
 *
 * stdin: { faces: base64 of n×112×112 RGB, count, image: base64 of RGB, side }
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

globalThis.window = globalThis
globalThis.document = {}
console.log = console.info = console.warn = () => {}
const { FaceLandmark68Net, NetInput, tf, TinyFaceDetector } =
  await import('@vladmandic/face-api/dist/face-api.esm.js')
await tf.setBackend('cpu')

const input = JSON.parse(readFileSync(0, 'utf8'))
const landmarkNet = load(new FaceLandmark68Net(), 'face_landmark_68')
const faces = bytes(input.faces)
const faceLength = 112 * 112 * 3
const landmarks = []
for (let i = 0; i < input.count; i++) {
  const face = picture(faces.subarray(i * faceLength, (i + 1) * faceLength), 112)
  landmarks.push(...(await landmarkNet.runNet(face).data()))
}
const detector = load(new TinyFaceDetector(), 'tiny_face_detector')
const cells = [...(await detector.forwardInput(picture(bytes(input.image), input.side), input.side).data())]
process.stdout.write(JSON.stringify({ landmarks, cells }))

function load(net, name) {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
    'model',
  )
  const [{ weights }] = JSON.parse(readFileSync(join(folder, `${name}_model-weights_manifest.json`), 'utf8'))
  const bin = Uint8Array.from(readFileSync(join(folder, `${name}_model.bin`)))
  net.loadFromWeightMap(tf.io.decodeWeights(bin.buffer, weights))
  return net
}

function picture(pixels, side) {
  return new NetInput([tf.tensor3d(Float32Array.from(pixels), [side, side, 3])])
}

function bytes(base64) {
  return Buffer.from(base64, 'base64')
}
