import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { CurveArithmetic } from '../strict-curve.ts'
import { createKnownPoints } from './known-points.ts'
import { verifyByTable } from './verify-by-table.ts'

const signOptions = {
  prehash: false,
  lowS: true,
  extraEntropy: false,
  format: 'recovered',
} as const
const verifyOptions = { prehash: false, lowS: true } as const
const knownPoints = createKnownPoints()

/** secp256k1 arithmetic of @noble/curves. */
export const nobleArithmetic: CurveArithmetic = {
  publicKey: (privateKey) => secp256k1.getPublicKey(privateKey, false),
  sign(digest, privateKey) {
    // Noble puts the recovery byte first.
    const signature = secp256k1.sign(digest, privateKey, signOptions)
    return { compact: signature.slice(1), recovery: signature[0] ?? 0 }
  },
  verify,
  recover: ({ compact, recovery }, digest) =>
    secp256k1.Signature.fromBytes(compact, 'compact')
      .addRecoveryBit(recovery)
      .recoverPublicKey(digest)
      .toBytes(false),
  sharedPoint: (privateKey, publicKey) => secp256k1.getSharedSecret(privateKey, publicKey, false),
}

function verify(compact: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  const point = knownPoints.recall(publicKey)
  const holds =
    point === undefined
      ? secp256k1.verify(compact, digest, publicKey, verifyOptions)
      : verifyByTable(compact, digest, point)
  if (holds) knownPoints.verified(publicKey)
  return holds
}
