/** The two nets, layer by layer, as @vladmandic/face-api 1.7.15 computes them. */
import { GraphBuilder } from './graph-builder.mjs'
import { readWeights } from './weights.mjs'

const ORIGIN = 'of npm @vladmandic/face-api 1.7.15 (MIT), converted by controlnet-kit. See models/README.md.'

/**
 * RGB picture, sides multiples of 32 → for each cell of 32x32 px 5 anchors of (tx, ty, tw, th, objectness), raw.
 * @returns {import('./onnx-writer.mjs').Graph}
 */
export function faceDetector() {
  const g = new GraphBuilder(readWeights('tiny_face_detector'))
  let x = g.normalise('image', [117.001, 114.697, 97.404])
  x = activatedPool(g, g.conv(x, 'conv0/filters', 'conv0/bias', { padding: 'VALID' }), 'conv0', 2)
  for (const layer of ['conv1', 'conv2', 'conv3', 'conv4'])
    x = activatedPool(g, g.separableConv(x, layer), layer, 2)
  x = activatedPool(g, g.separableConv(x, 'conv5'), 'conv5', 1)
  x = g.conv(x, 'conv8/filters', 'conv8/bias', { padding: 'VALID' })
  g.node('Transpose', [x], 'cells', { perm: [0, 2, 3, 1] })
  return {
    name: 'face-detector',
    description: `tiny_face_detector ${ORIGIN}`,
    nodes: g.nodes,
    tensors: g.tensors,
    input: { name: 'image', type: 'uint8', dims: ['batch', 'height', 'width', 3] },
    output: { name: 'cells', type: 'float', dims: ['batch', 'rows', 'columns', 25] },
  }
}

/**
 * @param {GraphBuilder} g
 * @param {string} x
 * @param {string} layer
 * @param {number} stride of the pooling
 */
function activatedPool(g, x, layer, stride) {
  const active = g.node('LeakyRelu', [x], `${layer}/active`, { alpha: { float: 0.1 } })
  const attributes = { kernel_shape: [2, 2], strides: [stride, stride], auto_pad: 'SAME_UPPER' }
  return g.node('MaxPool', [active], `${layer}/pool`, attributes)
}

/**
 * RGB crop of 112x112 px → 68 points x0, y0, x1, y1 … as fractions of the crop, in iBUG order.
 * @returns {import('./onnx-writer.mjs').Graph}
 */
export function faceLandmarks68() {
  const g = new GraphBuilder(readWeights('face_landmark_68'))
  let x = g.normalise('face', [122.782, 117.001, 104.298])
  for (const block of ['dense0', 'dense1', 'dense2', 'dense3']) x = denseBlock(g, x, block)
  x = g.node('AveragePool', [x], 'pooled', { kernel_shape: [7, 7], strides: [2, 2] })
  x = g.node('Flatten', [x], 'features', { axis: 1 })
  g.node('Gemm', [x, g.matrix('fc/weights'), g.bias('fc/bias')], 'points')
  return {
    name: 'face-landmarks-68',
    description: `face_landmark_68 ${ORIGIN}`,
    nodes: g.nodes,
    tensors: g.tensors,
    input: { name: 'face', type: 'uint8', dims: ['batch', 112, 112, 3] },
    output: { name: 'points', type: 'float', dims: ['batch', 136] },
  }
}

/**
 * Four convolutions, each fed with the sum of all before it; the first halves the size.
 * @param {GraphBuilder} g
 * @param {string} input
 * @param {string} block
 */
function denseBlock(g, input, block) {
  const first =
    block === 'dense0'
      ? g.conv(input, 'dense0/conv0/filters', 'dense0/conv0/bias', { stride: 2, padding: 'SAME_UPPER' })
      : g.separableConv(input, `${block}/conv0`, 2)
  const out1 = g.node('Relu', [first], `${block}/out1`)
  const out2 = g.separableConv(out1, `${block}/conv1`)
  const sum2 = g.node('Add', [out1, out2], `${block}/sum2`)
  const out3 = g.separableConv(g.node('Relu', [sum2], `${block}/relu2`), `${block}/conv2`)
  const sum3 = g.node('Add', [sum2, out3], `${block}/sum3`)
  const out4 = g.separableConv(g.node('Relu', [sum3], `${block}/relu3`), `${block}/conv3`)
  const sum4 = g.node('Add', [sum3, out4], `${block}/sum4`)
  return g.node('Relu', [sum4], `${block}/relu4`)
}
