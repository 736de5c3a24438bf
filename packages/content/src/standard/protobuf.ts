// The protobuf messages inside content types: few, small, written by anybody. They are no part of the
// network's wire, so they are read field by field here, with nothing but what the codecs need.
// Encoding: https://protobuf.dev/programming-guides/encoding/

import { concatBytes, fromUtf8, toUtf8 } from '@posthorn/bytes'
import { badField, requireFieldsSize } from './fields.ts'

/** Values by field number, in the order they lie: numbers are varints, bytes are everything else. */
export type ProtobufMessage = ReadonlyMap<number, readonly (number | Uint8Array)[]>

/** One field to write; undefined writes nothing. */
export type ProtobufField = readonly [
  number: number,
  value: string | number | Uint8Array | undefined,
]

const varint = 0
const fixed64 = 1
const lengthDelimited = 2
const fixed32 = 5
const maxVarintBytes = 10

/** The bytes of fields in the given order. */
export function writeProtobuf(fields: readonly ProtobufField[]): Uint8Array {
  return concatBytes(
    ...fields.flatMap(([number, value]) => {
      if (value === undefined) return []
      if (typeof value === 'number') return [writeVarint(number * 8 + varint), writeVarint(value)]
      const bytes = typeof value === 'string' ? toUtf8(value) : value
      return [writeVarint(number * 8 + lengthDelimited), writeVarint(bytes.length), bytes]
    }),
  )
}

/** A text for a field that is left out when it is empty. */
export function unlessEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/**
 * The fields of a message; bytes are views into `bytes`.
 *
 * @throws CodecError `content/malformed`
 */
export function readProtobuf(bytes: Uint8Array): ProtobufMessage {
  requireFieldsSize(bytes)
  const fields = new Map<number, (number | Uint8Array)[]>()
  const cursor = { bytes, at: 0 }
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor)
    const number = Math.floor(tag / 8)
    if (number === 0) throw malformed()
    const value = readValue(cursor, tag % 8)
    const others = fields.get(number)
    if (others === undefined) fields.set(number, [value])
    else others.push(value)
  }
  return fields
}

/**
 * The bytes in a field; the last counts.
 *
 * @throws CodecError `content/malformed`
 */
export function bytesIn(message: ProtobufMessage, number: number): Uint8Array | undefined {
  const value = message.get(number)?.at(-1)
  if (typeof value === 'number') throw malformed()
  return value
}

/**
 * The text in a field; the last counts.
 *
 * @throws CodecError `content/malformed`, `bytes/not-utf8`
 */
export function textIn(message: ProtobufMessage, number: number): string | undefined {
  const bytes = bytesIn(message, number)
  return bytes === undefined ? undefined : fromUtf8(bytes)
}

/**
 * The number in a field, 0 if it is not there; the last counts.
 *
 * @throws CodecError `content/malformed`
 */
export function numberIn(message: ProtobufMessage, number: number): number {
  const value = message.get(number)?.at(-1) ?? 0
  if (typeof value !== 'number') throw malformed()
  return value
}

/**
 * The messages in a repeated field.
 *
 * @throws CodecError `content/malformed`
 */
export function messagesIn(message: ProtobufMessage, number: number): ProtobufMessage[] {
  return listIn(message, number).map(readProtobuf)
}

/**
 * The byte strings in a repeated field.
 *
 * @throws CodecError `content/malformed`
 */
export function listIn(message: ProtobufMessage, number: number): Uint8Array[] {
  return (message.get(number) ?? []).map((value) => {
    if (typeof value === 'number') throw malformed()
    return value
  })
}

type Cursor = { readonly bytes: Uint8Array; at: number }

function readValue(cursor: Cursor, wireType: number): number | Uint8Array {
  if (wireType === varint) return readVarint(cursor)
  if (wireType === lengthDelimited) return take(cursor, readVarint(cursor))
  if (wireType === fixed32) return take(cursor, 4)
  if (wireType === fixed64) return take(cursor, 8)
  throw malformed()
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length
  if (end > cursor.bytes.length) throw malformed()
  const value = cursor.bytes.subarray(cursor.at, end)
  cursor.at = end
  return value
}

// Past 2^53 the number is no longer exact; nothing that is read here may be that large.
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let index = 0; index < maxVarintBytes; index++) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw malformed()
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  throw malformed()
}

function writeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function malformed(): Error {
  return badField('content', 'a protobuf message of this type')
}
