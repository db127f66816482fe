/** One record of a TensorBoard event file: `Event` and `Summary` of TensorFlow's event.proto and summary.proto. */
import { readProtobufFields, type ProtobufField } from './protobuf-fields.ts'

export interface BoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly step: number
  readonly values: readonly BoardValue[]
}

type BoardValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | {
      readonly kind: 'picture'
      readonly tag: string
      readonly width: number
      readonly height: number
      /** A PNG file. */
      readonly png: Uint8Array
    }

/** Returns null for a record that is no event. Values that are neither a number nor a picture are left out. */
export function parseBoardEvent(record: Uint8Array): BoardEvent | null {
  try {
    const fields = readProtobufFields(record)
    const summary = bytesOf(fields, EVENT.summary)
    return {
      wallTime: doubleOf(fields, EVENT.wallTime),
      step: integerOf(fields, EVENT.step),
      values: summary === null ? [] : parseSummary(summary),
    }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const EVENT = { wallTime: 1, step: 2, summary: 5 }
const SUMMARY = { value: 1 }
const VALUE = { tag: 1, simpleValue: 2, image: 4 }
const IMAGE = { height: 1, width: 2, encoded: 4 }

type Fields = readonly ProtobufField[]

function parseSummary(summary: Uint8Array): BoardValue[] {
  return readProtobufFields(summary).flatMap((field) =>
    field.number === SUMMARY.value && field.kind === 'bytes' ? parseValue(field.value) : [],
  )
}

function parseValue(message: Uint8Array): BoardValue[] {
  const fields = readProtobufFields(message)
  const tag = new TextDecoder().decode(bytesOf(fields, VALUE.tag) ?? new Uint8Array())
  const scalar = last(fields, VALUE.simpleValue)
  if (scalar?.kind === 'fixed') return [{ kind: 'scalar', tag, value: scalar.value.getFloat32(0, true) }]
  const image = bytesOf(fields, VALUE.image)
  return image === null ? [] : [{ kind: 'picture', tag, ...parseImage(image) }]
}

function parseImage(message: Uint8Array): { width: number; height: number; png: Uint8Array } {
  const fields = readProtobufFields(message)
  return {
    width: integerOf(fields, IMAGE.width),
    height: integerOf(fields, IMAGE.height),
    png: bytesOf(fields, IMAGE.encoded) ?? new Uint8Array(),
  }
}

/** When a field is there twice, the later one counts. */
const last = (fields: Fields, number: number): ProtobufField | undefined =>
  fields.findLast((field) => field.number === number)

function bytesOf(fields: Fields, number: number): Uint8Array | null {
  const field = last(fields, number)
  return field?.kind === 'bytes' ? field.value : null
}

/** A field that is not there is 0. */
function integerOf(fields: Fields, number: number): number {
  const field = last(fields, number)
  return field?.kind === 'varint' ? Number(BigInt.asIntN(64, field.value)) : 0
}

function doubleOf(fields: Fields, number: number): number {
  const field = last(fields, number)
  return field?.kind === 'fixed' && field.value.byteLength === 8 ? field.value.getFloat64(0, true) : 0
}
