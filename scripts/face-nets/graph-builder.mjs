/**
 * Puts a graph together, layer by layer. Every method takes and returns names of values; the values are NCHW.
 *
 * Convolution weights stay uint8 in the file (a quarter of the size) and are turned into floats by Cast, Sub (zero point)
 * and Mul (scale), which ONNX Runtime folds when it loads the model. That is exact since -min / scale is a whole number for
 * all of them. It is not for some biases, so those are stored as floats.
 */

/** @typedef {import('./weights.mjs').Weight} Weight */
/** @typedef {import('./onnx-writer.mjs').Attribute} Attribute */

export class GraphBuilder {
  /** @param {Map<string, Weight>} weights */
  constructor(weights) {
    this.weights = weights
    /** @type {import('./onnx-writer.mjs').Node[]} */
    this.nodes = []
    /** @type {import('./onnx-writer.mjs').Tensor[]} */
    this.tensors = []
  }

  /**
   * @param {string} op
   * @param {string[]} inputs
   * @param {string} output
   * @param {Record<string, Attribute>} [attributes]
   */
  node(op, inputs, output, attributes = {}) {
    this.nodes.push({ op, inputs, output, attributes })
    return output
  }

  /**
   * RGB bytes, NHWC → (x - mean) / 255 as floats, NCHW.
   * @param {string} input
   * @param {number[]} mean
   */
  normalise(input, mean) {
    const pixels = this.node('Cast', [input], 'pixels', { to: 1 })
    const centred = this.node('Sub', [pixels, this.floats('mean', [3], mean)], 'centred')
    const scaled = this.node('Div', [centred, this.floats('range', [], [255])], 'scaled')
    return this.node('Transpose', [scaled], 'planes', { perm: [0, 3, 1, 2] })
  }

  /**
   * A full convolution with bias.
   * @param {string} input
   * @param {string} filters
   * @param {string} bias
   * @param {{ stride?: number, padding: 'VALID' | 'SAME_UPPER' }} options
   */
  conv(input, filters, bias, { stride = 1, padding }) {
    const attributes = { strides: [stride, stride], auto_pad: padding }
    return this.node('Conv', [input, this.filters(filters), this.bias(bias)], `${filters}/out`, attributes)
  }

  /**
   * A separable convolution: 3x3 on each channel alone (no bias), then 1x1 across channels with bias.
   * @param {string} input
   * @param {string} layer
   * @param {number} [stride]
   */
  separableConv(input, layer, stride = 1) {
    const name = `${layer}/depthwise_filter`
    const [, , channels = 0] = this.weight(name).shape
    const attributes = { strides: [stride, stride], auto_pad: 'SAME_UPPER', group: channels }
    const depthwise = this.node('Conv', [input, this.depthwiseFilters(name)], `${name}/out`, attributes)
    return this.conv(depthwise, `${layer}/pointwise_filter`, `${layer}/bias`, { padding: 'VALID' })
  }

  /** @param {string} name [height, width, in, out] → [out, in, height, width] */
  filters(name) {
    return this.quantised(name, [3, 2, 0, 1])
  }

  /** @param {string} name [height, width, channels, 1] → [channels, 1, height, width] */
  depthwiseFilters(name) {
    return this.quantised(name, [2, 3, 0, 1])
  }

  /** @param {string} name [in, out], as Gemm wants it */
  matrix(name) {
    return this.quantised(name, [0, 1])
  }

  /** @param {string} name */
  bias(name) {
    const { shape, scale, min, quantised } = this.weight(name)
    return this.floats(
      name,
      shape,
      [...quantised].map((value) => value * scale + min),
    )
  }

  /**
   * @param {string} name
   * @param {number[]} order
   */
  quantised(name, order) {
    const { shape, scale, min, quantised } = this.weight(name)
    const zeroPoint = -min / scale
    if (Math.abs(zeroPoint - Math.round(zeroPoint)) > 1e-6)
      throw new Error(`${name}: zero point ${zeroPoint} is not whole`)
    const { dims, data } = transpose(shape, quantised, order)
    this.tensors.push({ name: `${name}/bytes`, type: 'uint8', dims, data })
    const cast = this.node('Cast', [`${name}/bytes`], `${name}/cast`, { to: 1 })
    const zero = this.floats(`${name}/zero`, [], [Math.round(zeroPoint)])
    const centred = this.node('Sub', [cast, zero], `${name}/centred`)
    return this.node('Mul', [centred, this.floats(`${name}/scale`, [], [scale])], name)
  }

  /**
   * @param {string} name
   * @param {number[]} dims
   * @param {number[]} values
   */
  floats(name, dims, values) {
    const data = new Uint8Array(values.length * 4)
    const view = new DataView(data.buffer)
    values.forEach((value, index) => view.setFloat32(index * 4, value, true))
    this.tensors.push({ name, type: 'float', dims, data })
    return name
  }

  /** @param {string} name */
  weight(name) {
    const weight = this.weights.get(name)
    if (weight === undefined) throw new Error(`no weights named ${name}`)
    return weight
  }
}

/**
 * @param {number[]} shape
 * @param {Uint8Array} data row-major
 * @param {number[]} order axis i of the result is axis order[i] of the source
 */
function transpose(shape, data, order) {
  const dims = order.map((axis) => shape[axis] ?? 0)
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1))
  const out = new Uint8Array(data.length)
  for (let index = 0; index < out.length; index++) {
    let rest = index
    let source = 0
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const side = dims[axis] ?? 1
      source += (rest % side) * (strides[order[axis] ?? 0] ?? 0)
      rest = Math.floor(rest / side)
    }
    out[index] = data[source] ?? 0
  }
  return { dims, data: out }
}
