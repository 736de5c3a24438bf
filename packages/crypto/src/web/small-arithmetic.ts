// Signatures of the web back end, and all of its curve until WebAssembly is there: of the libraries in
// plain JavaScript the smallest to download and the fastest to sign, though not to verify.

import {
  getPublicKey,
  getSharedSecret,
  hashes,
  recoverPublicKey,
  sign,
  verify,
} from '@noble/secp256k1'
import { concatBytes } from '@posthorn/bytes'
import type { CurveArithmetic } from '../strict-curve.ts'
import { smallHashes } from './small-hashes.ts'

const signOptions = {
  prehash: false,
  lowS: true,
  extraEntropy: false,
  format: 'recovered',
} as const
const verifyOptions = { prehash: false, lowS: true } as const
const recoverOptions = { prehash: false, isCompressed: false } as const

/** secp256k1 arithmetic of @noble/secp256k1. */
export const smallArithmetic: CurveArithmetic = {
  publicKey: (privateKey) => getPublicKey(privateKey, false),
  sign(digest, privateKey) {
    // The recovery byte comes first.
    const signature = withOwnHmac(() => sign(digest, privateKey, signOptions))
    return { compact: signature.slice(1), recovery: signature[0] ?? 0 }
  },
  verify: (compact, digest, publicKey) => verify(compact, digest, publicKey, verifyOptions),
  recover: ({ compact, recovery }, digest) =>
    recoverPublicKey(concatBytes(Uint8Array.of(recovery), compact), digest, recoverOptions),
  sharedPoint: (privateKey, publicKey) => getSharedSecret(privateKey, publicKey, false),
}

// The library draws nonces by whatever HMAC stands in its one public slot. Filled for the length of a
// call, the slot of an application that uses the library too stays its own, and ours is out of its reach.
function withOwnHmac<T>(run: () => T): T {
  const before = hashes.hmacSha256
  hashes.hmacSha256 = smallHashes.hmacSha256 as typeof hashes.hmacSha256
  try {
    return run()
  } finally {
    hashes.hmacSha256 = before
  }
}
