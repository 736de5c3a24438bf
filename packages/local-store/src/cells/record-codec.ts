// Records to bytes: JSON for the structure, and the bytes in it after the JSON, as they are.
// u32 length of the JSON, big-endian || JSON || bytes. A bigint is {"$n": digits}, bytes are {"$b": [at, length]};
// keys of records that begin with $ get one more.

import { concatBytes, fromUtf8, toUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

const lengthBytes = 4

/** Plain data to bytes: objects, arrays, strings, numbers, booleans, null, bigints and bytes. */
export function encodeRecord(record: unknown): Uint8Array {
  const tail: Uint8Array[] = []
  let tailLength = 0
  const replace = (value: unknown): unknown => {
    if (typeof value === 'bigint') return { $n: String(value) }
    if (value instanceof Uint8Array) {
      tail.push(value)
      tailLength += value.length
      return { $b: [tailLength - value.length, value.length] }
    }
    if (Array.isArray(value)) return value.map(replace)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key.startsWith('$') ? `$${key}` : key,
        replace(each),
      ]),
    )
  }
  const json = toUtf8(JSON.stringify(replace(record)))
  const length = new Uint8Array(lengthBytes)
  new DataView(length.buffer).setUint32(0, json.length)
  return concatBytes(length, json, ...tail)
}

/** What {@link encodeRecord} made bytes of; undefined properties are absent. @throws CodecError `local-store/bad-record` */
export function decodeRecord(bytes: Uint8Array): unknown {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const tailAt = lengthBytes + view.getUint32(0)
    const tail = bytes.subarray(tailAt)
    return revive(JSON.parse(fromUtf8(bytes.subarray(lengthBytes, tailAt))), tail)
  } catch (cause) {
    throw new CodecError('local-store/bad-record', 'Decode record: not what encoding makes', {
      cause,
    })
  }
}

function revive(value: unknown, tail: Uint8Array): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => revive(each, tail))
  const entries = Object.entries(value)
  const [first] = entries
  if (first?.[0] === '$n') return BigInt(String(first[1]))
  if (first?.[0] === '$b') {
    const [at, length] = first[1] as [number, number]
    return tail.slice(at, at + length)
  }
  return Object.fromEntries(
    entries.map(([key, each]) => [key.startsWith('$') ? key.slice(1) : key, revive(each, tail)]),
  )
}
