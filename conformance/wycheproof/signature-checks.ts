// Signature schemes that the crypto port does not have and other parts of the system rely on:
// Ed25519 and ECDSA over P-256, by node:crypto for the native back end and by noble for the others.

import { createPublicKey, verify } from 'node:crypto'
import { createRequire } from 'node:module'
import { type Answer, accepted, type Backend, refused } from './suite.ts'
import { bytesOf, type Fields, fieldsOf, type TestCase } from './vector-file.ts'

/** One signed message. */
export type Signed = {
  readonly message: Uint8Array
  readonly signature: Uint8Array
  /** 32 bytes for Ed25519, 65 for P-256. */
  readonly publicKey: Uint8Array
  readonly publicKeyDer: Uint8Array
}

/** Whether a signature holds; may throw for inputs of the wrong form. */
export type SignatureChecks = {
  ed25519(signed: Signed): boolean
  /** SHA-256, signature in DER, any s. */
  p256(signed: Signed): boolean
}

type NobleVerify = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  options: Readonly<Record<string, unknown>>,
) => boolean

// Noble is a dependency of the crypto package, not of this folder.
const requireOfCrypto = createRequire(
  new URL('../../packages/crypto/package.json', import.meta.url),
)

/** The checks of node:crypto. */
export const nodeChecks: SignatureChecks = {
  ed25519: ({ message, signature, publicKeyDer }) =>
    verify(null, message, keyOf(publicKeyDer), signature),
  p256: ({ message, signature, publicKeyDer }) =>
    verify('sha256', message, { key: keyOf(publicKeyDer), dsaEncoding: 'der' }, signature),
}

/** The checks of @noble/curves. */
export function loadNobleChecks(): SignatureChecks {
  const { ed25519 }: { ed25519: { verify: NobleVerify } } = requireOfCrypto(
    '@noble/curves/ed25519.js',
  )
  const { p256 }: { p256: { verify: NobleVerify } } = requireOfCrypto('@noble/curves/nist.js')
  return {
    ed25519: ({ signature, message, publicKey }) =>
      ed25519.verify(signature, message, publicKey, { zip215: false }),
    p256: ({ signature, message, publicKey }) =>
      p256.verify(signature, message, publicKey, { lowS: false, format: 'der' }),
  }
}

/** Ed25519, RFC 8032. */
export function ed25519(backend: Backend, group: Fields, test: TestCase): Answer {
  const signed = signedOf(group, test, 'pk')
  return answer(() => backend.checks.ed25519(signed))
}

/** ECDSA over P-256 with SHA-256. */
export function p256(backend: Backend, group: Fields, test: TestCase): Answer {
  const signed = signedOf(group, test, 'uncompressed')
  return answer(() => backend.checks.p256(signed))
}

function answer(holds: () => boolean): Answer {
  try {
    return holds() ? accepted : refused
  } catch {
    return refused
  }
}

function signedOf(group: Fields, test: TestCase, publicKeyField: string): Signed {
  return {
    message: bytesOf(test.fields, 'msg'),
    signature: bytesOf(test.fields, 'sig'),
    publicKey: bytesOf(fieldsOf(group, 'publicKey'), publicKeyField),
    publicKeyDer: bytesOf(group, 'publicKeyDer'),
  }
}

function keyOf(der: Uint8Array): ReturnType<typeof createPublicKey> {
  return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
}
