/** The fields of a protobuf message, without knowing its schema (protobuf.dev/programming-guides/encoding). */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  /** Little-endian: 4 bytes (`float`, `fixed32`) or 8 bytes (`double`, `fixed64`). */
  | { readonly number: number; readonly kind: 'fixed'; readonly value: DataView }
  /** A string, bytes, or a message. */
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array }

/** Throws a RangeError if the message is cut or is none. */
export function readProtobufFields(message: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = []
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw new RangeError('the message is cut')
    at += length
    return message.subarray(at - length, at)
  }
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a number is longer than 10 bytes')
  }
  const fixed = (length: number): DataView => {
    const bytes = take(length)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }
  while (at < message.length) {
    const key = Number(varint())
    const number = Math.floor(key / 8)
    switch (key % 8) {
      case 0:
        fields.push({ number, kind: 'varint', value: varint() })
        break
      case 1:
        fields.push({ number, kind: 'fixed', value: fixed(8) })
        break
      case 2:
        fields.push({ number, kind: 'bytes', value: take(Number(varint())) })
        break
      case 5:
        fields.push({ number, kind: 'fixed', value: fixed(4) })
        break
      default:
        throw new RangeError(`wire type ${key % 8} is not known`)
    }
  }
  return fields
}
