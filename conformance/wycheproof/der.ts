// Just enough strict DER for what Wycheproof wraps: ECDSA signatures and secp256k1 public keys.
// All valid ones are shorter than 128 bytes, so lengths of more than one byte are never right.

import { concatBytes, equalBytes, fromHex } from '@posthorn/bytes'

const sequenceTag = 0x30
const integerTag = 0x02
const scalarBytes = 32

// SubjectPublicKeyInfo of an uncompressed point on the named curve secp256k1, up to the point.
const publicKeyPrefix = fromHex('3056301006072a8648ce3d020106052b8104000a034200')

type Element = { readonly value: Uint8Array; readonly rest: Uint8Array }

/** r || s, 64 bytes, of a DER signature; undefined when it is not strict DER or a number is too big. */
export function compactSignature(der: Uint8Array): Uint8Array | undefined {
  const sequence = readElement(der, sequenceTag)
  if (sequence === undefined || sequence.rest.length > 0) return undefined
  const r = readElement(sequence.value, integerTag)
  const s = r === undefined ? undefined : readElement(r.rest, integerTag)
  if (r === undefined || s === undefined || s.rest.length > 0) return undefined
  const rScalar = scalarOf(r.value)
  const sScalar = scalarOf(s.value)
  return rScalar && sScalar && concatBytes(rScalar, sScalar)
}

/** The 65-byte point of a secp256k1 public key; undefined for other curves, forms and encodings. */
export function publicKeyPoint(der: Uint8Array): Uint8Array | undefined {
  const isKnown = equalBytes(der.subarray(0, publicKeyPrefix.length), publicKeyPrefix)
  return isKnown && der.length === publicKeyPrefix.length + 65
    ? der.subarray(publicKeyPrefix.length)
    : undefined
}

/** A number in big-endian bytes, brought to 32 of them; undefined when it is too big. */
export function toScalar(bytes: Uint8Array): Uint8Array | undefined {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? new Uint8Array(0) : bytes.subarray(start)
  if (digits.length > scalarBytes) return undefined
  const scalar = new Uint8Array(scalarBytes)
  scalar.set(digits, scalarBytes - digits.length)
  return scalar
}

function readElement(bytes: Uint8Array, tag: number): Element | undefined {
  const lengthBytes = bytes[1] ?? 0x80
  if (bytes[0] !== tag || lengthBytes >= 0x80 || bytes.length < 2 + lengthBytes) return undefined
  return { value: bytes.subarray(2, 2 + lengthBytes), rest: bytes.subarray(2 + lengthBytes) }
}

function scalarOf(integer: Uint8Array): Uint8Array | undefined {
  const [first, second] = integer
  if (first === undefined || first >= 0x80) return undefined
  // A leading zero byte is there only to keep the sign bit clear.
  if (first === 0 && second !== undefined && second < 0x80) return undefined
  return toScalar(integer)
}
