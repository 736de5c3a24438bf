// Just enough of protobuf to speak to a node. It is not the codec that our own node is made with, so that a
// mistake in that one is seen.

import { concatBytes, fromUtf8, toUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

/** A field as it is on the wire; a number for wire type 0, bytes for wire type 2. */
export type Field = { readonly number: number; readonly value: bigint | Uint8Array }

const maxVarintBytes = 10

/** The fields of a message in their order. @throws CodecError `conformance/malformed` */
export function readFields(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let i = 0; i < maxVarintBytes; i++) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw malformed('a number without end')
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    if ((tag & 7n) === 0n) fields.push({ number, value: varint() })
    else if ((tag & 7n) === 2n) {
      const end = Number(varint()) + at
      if (end > bytes.length) throw malformed('a field that is cut short')
      fields.push({ number, value: bytes.subarray(at, end) })
      at = end
    } else throw malformed(`wire type ${tag & 7n}`)
  }
  return fields
}

/** A message of fields; empty values and zeros are left out, as proto3 has it. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  return concatBytes(
    ...fields
      .filter(({ value }) => (typeof value === 'bigint' ? value !== 0n : value.length > 0))
      .map(writeField),
  )
}

/** A message whose fields are all written, empty ones, too. */
export function writeAllFields(fields: readonly Field[]): Uint8Array {
  return concatBytes(...fields.map(writeField))
}

/** A field of text. */
export function textField(number: number, text: string): Field {
  return { number, value: toUtf8(text) }
}

/** The last number of that field, or 0. */
export function numberOf(fields: readonly Field[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value
  return typeof value === 'bigint' ? value : 0n
}

/** All byte values of that field. */
export function bytesOf(fields: readonly Field[], number: number): readonly Uint8Array[] {
  return fields.flatMap(({ number: each, value }) =>
    each === number && typeof value !== 'bigint' ? [value] : [],
  )
}

/** The last text of that field, or an empty one. */
export function textOf(fields: readonly Field[], number: number): string {
  return fromUtf8(bytesOf(fields, number).at(-1) ?? new Uint8Array(0))
}

function writeField({ number, value }: Field): Uint8Array {
  if (typeof value === 'bigint') return concatBytes(varintOf(BigInt(number << 3)), varintOf(value))
  return concatBytes(varintOf(BigInt((number << 3) | 2)), varintOf(BigInt(value.length)), value)
}

function varintOf(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}

function malformed(found: string): CodecError {
  return new CodecError('conformance/malformed', `Read protobuf: found ${found}`)
}
