// ECDSA over secp256k1 with SHA-256. The port takes low s only, by the rules of the protocol, while most
// files follow generic ECDSA. So a high s is asserted to be refused as it is, and is judged normalised.

import { concatBytes, fromHex, toHex } from '@posthorn/bytes'
import { compactSignature } from './der.ts'
import { type Answer, accepted, type Backend, refused, wrong } from './suite.ts'
import { bytesOf, type Fields, fieldsOf, type TestCase } from './vector-file.ts'

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

const highSNote = 'valid with high s: refused as it is, accepted once s is normalised'

/** Signatures as r || s. */
export function ecdsaP1363(backend: Backend, group: Fields, test: TestCase): Answer {
  return verify(backend, group, test, bytesOf(test.fields, 'sig'))
}

/** Signatures in DER, any s. */
export function ecdsaDer(backend: Backend, group: Fields, test: TestCase): Answer {
  const compact = compactSignature(bytesOf(test.fields, 'sig'))
  return compact === undefined ? refused : verify(backend, group, test, compact)
}

/** Signatures in DER, low s only, as the port has it: no normalising. */
export function ecdsaBitcoin(backend: Backend, group: Fields, test: TestCase): Answer {
  const compact = compactSignature(bytesOf(test.fields, 'sig'))
  return compact !== undefined && holds(backend, group, test, compact) ? accepted : refused
}

function verify(backend: Backend, group: Fields, test: TestCase, compact: Uint8Array): Answer {
  const plain = holds(backend, group, test, compact)
  const normalised = withLowS(compact)
  if (normalised === undefined) return plain ? accepted : refused
  if (plain) return wrong('accepted with high s')
  if (!holds(backend, group, test, normalised)) return refused
  return { kind: 'accepted', note: highSNote }
}

function holds({ crypto }: Backend, group: Fields, test: TestCase, compact: Uint8Array): boolean {
  const publicKey = bytesOf(fieldsOf(group, 'publicKey'), 'uncompressed')
  return crypto.curve.verify(compact, crypto.hash.sha256(bytesOf(test.fields, 'msg')), publicKey)
}

// The signature with the order less s, or undefined when s is not high or no scalar at all.
function withLowS(compact: Uint8Array): Uint8Array | undefined {
  if (compact.length !== 64) return undefined
  const s = BigInt(`0x${toHex(compact.subarray(32))}`)
  if (s <= order / 2n || s >= order) return undefined
  const low = (order - s).toString(16).padStart(64, '0')
  return concatBytes(compact.subarray(0, 32), fromHex(low))
}
