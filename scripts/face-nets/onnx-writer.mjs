/**
 * Writes an ONNX model as protobuf bytes: just the few messages of onnx.proto that these nets need. The same graph always
 * gives the same bytes.
 *
 * @typedef {{ name: string, type: 'float' | 'uint8', dims: number[], data: Uint8Array }} Tensor
 * @typedef {number | string | number[] | { float: number }} Attribute  number: an integer
 * @typedef {{ op: string, inputs: string[], output: string, attributes: Record<string, Attribute> }} Node
 * @typedef {{ name: string, type: 'float' | 'uint8', dims: (number | string)[] }} Port  a string names a free dimension
 * @typedef {{ name: string, description: string, nodes: Node[], tensors: Tensor[], input: Port, output: Port }} Graph
 */

const IR_VERSION = 8
const OPSET = 17
const ELEMENT_TYPES = { float: 1, uint8: 2 }
const ATTRIBUTE_TYPES = { float: 1, integer: 2, text: 3, integers: 7 }

/**
 * @param {Graph} graph
 * @returns {Uint8Array}
 */
export function writeOnnx(graph) {
  return concat([
    integer(1, IR_VERSION),
    text(2, 'controlnet-kit'),
    text(6, graph.description),
    bytes(7, graphMessage(graph)),
    bytes(8, concat([text(1, ''), integer(2, OPSET)])),
  ])
}

/** @param {Graph} graph */
function graphMessage(graph) {
  return concat([
    ...graph.nodes.map((node) => bytes(1, nodeMessage(node))),
    text(2, graph.name),
    ...graph.tensors.map((tensor) => bytes(5, tensorMessage(tensor))),
    bytes(11, portMessage(graph.input)),
    bytes(12, portMessage(graph.output)),
  ])
}

/** @param {Node} node */
function nodeMessage(node) {
  return concat([
    ...node.inputs.map((name) => text(1, name)),
    text(2, node.output),
    text(3, node.output),
    text(4, node.op),
    ...Object.entries(node.attributes).map(([name, value]) => bytes(5, attributeMessage(name, value))),
  ])
}

/**
 * @param {string} name
 * @param {Attribute} value
 */
function attributeMessage(name, value) {
  const key = text(1, name)
  if (typeof value === 'string') return concat([key, text(4, value), integer(20, ATTRIBUTE_TYPES.text)])
  if (typeof value === 'number') return concat([key, integer(3, value), integer(20, ATTRIBUTE_TYPES.integer)])
  if (Array.isArray(value)) {
    return concat([key, ...value.map((each) => integer(8, each)), integer(20, ATTRIBUTE_TYPES.integers)])
  }
  return concat([key, float(2, value.float), integer(20, ATTRIBUTE_TYPES.float)])
}

/** @param {Tensor} tensor */
function tensorMessage(tensor) {
  return concat([
    ...tensor.dims.map((size) => integer(1, size)),
    integer(2, ELEMENT_TYPES[tensor.type]),
    text(8, tensor.name),
    bytes(9, tensor.data),
  ])
}

/** @param {Port} port */
function portMessage(port) {
  const dims = port.dims.map((size) => bytes(1, typeof size === 'string' ? text(2, size) : integer(1, size)))
  const tensorType = concat([integer(1, ELEMENT_TYPES[port.type]), bytes(2, concat(dims))])
  return concat([text(1, port.name), bytes(2, bytes(1, tensorType))])
}

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/**
 * @param {number} field
 * @param {number} value not negative, at most 2^31 - 1
 */
function integer(field, value) {
  return Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)])
}

/**
 * @param {number} field
 * @param {number} value
 */
function float(field, value) {
  const message = new Uint8Array(5)
  message[0] = field * 8 + FIXED_32
  new DataView(message.buffer).setFloat32(1, value, true)
  return message
}

/**
 * @param {number} field
 * @param {string} value
 */
function text(field, value) {
  return bytes(field, new TextEncoder().encode(value))
}

/**
 * @param {number} field
 * @param {Uint8Array} value
 */
function bytes(field, value) {
  return concat([Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(value.length)]), value])
}

/** @param {number} value */
function varint(value) {
  const out = []
  let rest = value
  while (rest > 127) {
    out.push((rest & 127) | 128)
    rest >>>= 7
  }
  return [...out, rest]
}

/** @param {Uint8Array[]} parts */
function concat(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
