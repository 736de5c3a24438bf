// The rules of the curve port, once for all back ends: the arithmetic differs, what is refused does not.

import { fromHex } from '@posthorn/bytes'
import { InternalError, ValidationError, VerificationError } from '@posthorn/errors'
import { requireLength } from './check.ts'
import type { Curve, RecoverableSignature } from './port.ts'

/** secp256k1 arithmetic on inputs whose lengths, ranges and forms are checked; points may be off the curve. */
export type CurveArithmetic = {
  publicKey(privateKey: Uint8Array): Uint8Array
  /** RFC 6979 without extra entropy, low s. */
  sign(digest: Uint8Array, privateKey: Uint8Array): { compact: Uint8Array; recovery: number }
  /** May throw for a point off the curve. */
  verify(compact: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean
  /** Throws when no key can have made the signature. */
  recover(signature: RecoverableSignature, digest: Uint8Array): Uint8Array
  /** Throws for a point off the curve. */
  sharedPoint(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array
}

/** Order of the group, 32 bytes. */
export const curveOrder: Uint8Array = fromHex(
  'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
)
// Low s is at most (order - 1) / 2; this is one more, so that one comparison serves both limits.
const highSStart = fromHex('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1')

/** Wraps the arithmetic of a back end into the curve port. */
export function strictCurve(arithmetic: CurveArithmetic): Curve {
  return {
    isPrivateKey: (bytes) => bytes.length === 32 && isScalarBelow(bytes, curveOrder),
    publicKey(privateKey) {
      requirePrivateKey(privateKey)
      return arithmetic.publicKey(privateKey)
    },
    sign(digest, privateKey) {
      requireLength('a digest', digest, 32)
      requirePrivateKey(privateKey)
      const { compact, recovery } = arithmetic.sign(digest, privateKey)
      return { compact, recovery: recoveryBit(recovery) }
    },
    verify(compact, digest, publicKey) {
      if (digest.length !== 32 || !isSignature(compact) || !hasPointForm(publicKey)) return false
      return succeeds(() => arithmetic.verify(compact, digest, publicKey))
    },
    recover: (signature, digest) => recover(arithmetic, signature, digest),
    sharedPoint: (privateKey, publicKey) => sharedPoint(arithmetic, privateKey, publicKey),
  }
}

function recover(
  arithmetic: CurveArithmetic,
  signature: RecoverableSignature,
  digest: Uint8Array,
): Uint8Array {
  // The bit may come from a decoder; its type is a promise, not a check.
  const isBit = signature.recovery === 0 || signature.recovery === 1
  if (!isBit || digest.length !== 32 || !isSignature(signature.compact)) throw badSignature()
  try {
    return arithmetic.recover(signature, digest)
  } catch (cause) {
    throw badSignature(cause)
  }
}

function sharedPoint(
  arithmetic: CurveArithmetic,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  requirePrivateKey(privateKey)
  if (!hasPointForm(publicKey)) throw badPublicKey()
  try {
    return arithmetic.sharedPoint(privateKey, publicKey)
  } catch (cause) {
    throw badPublicKey(cause)
  }
}

function requirePrivateKey(bytes: Uint8Array): void {
  if (bytes.length === 32 && isScalarBelow(bytes, curveOrder)) return
  throw new ValidationError(
    'crypto/bad-private-key',
    `Use a private key: found ${bytes.length} bytes out of range, wanted 32 in 1 to the order less one`,
  )
}

// Uncompressed only: 65 bytes starting 0x04.
function hasPointForm(publicKey: Uint8Array): boolean {
  return publicKey.length === 65 && publicKey[0] === 4
}

function isSignature(compact: Uint8Array): boolean {
  if (compact.length !== 64) return false
  return isScalarBelow(compact, curveOrder) && isScalarBelow(compact, highSStart, 32)
}

// Whether 0 < the 32 bytes at `start` < limit, without a branch on the bytes: they may be a private key.
function isScalarBelow(bytes: Uint8Array, limit: Uint8Array, start = 0): boolean {
  let anyBit = 0
  let borrow = 0
  for (let i = 31; i >= 0; i--) {
    const byte = bytes[start + i] ?? 0
    anyBit |= byte
    borrow = ((byte - (limit[i] ?? 0) - borrow) >> 31) & 1
  }
  return anyBit !== 0 && borrow === 1
}

function recoveryBit(recovery: number): 0 | 1 {
  if (recovery === 0 || recovery === 1) return recovery
  // r above the order: one signature in 2^127, which the 65-byte form cannot express.
  throw new InternalError(
    'crypto/recovery-out-of-range',
    `Sign digest: the recovery id is ${recovery}, wanted 0 or 1`,
  )
}

function succeeds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

function badSignature(cause?: unknown): VerificationError {
  return new VerificationError(
    'crypto/bad-signature',
    'Recover public key: no key can have made this signature, wanted low s and r, s in range',
    { cause },
  )
}

function badPublicKey(cause?: unknown): ValidationError {
  return new ValidationError(
    'crypto/bad-public-key',
    'Use a public key: wanted 65 bytes starting 0x04 that are a point of secp256k1',
    { cause },
  )
}
