import { compareBytes, fromHex, toHex, wipe } from '@posthorn/bytes'
import type { Curve } from '../port.ts'
import { curveOrder, strictCurve } from '../strict-curve.ts'
import type { Bindings } from './bindings.ts'

/** A curve, and in words what computes it. */
export type DescribedCurve = { readonly curve: Curve; readonly detail: string }

/** libsecp256k1 where its addon could be loaded, else plain JavaScript, which is loaded only then. */
export async function nativeCurve(bindings: Bindings | undefined): Promise<DescribedCurve> {
  if (bindings === undefined) {
    const { nobleCurve } = await import('../noble/curve.ts')
    return {
      curve: nobleCurve,
      detail: '@noble/curves, because the secp256k1 addon did not load, with node:crypto',
    }
  }
  return { curve: bindingsCurve(bindings), detail: 'libsecp256k1 with node:crypto' }
}

function bindingsCurve(bindings: Bindings): Curve {
  return strictCurve({
    publicKey: (privateKey) => bindings.publicKeyCreate(privateKey, false),
    sign(digest, privateKey) {
      const { signature, recid } = bindings.ecdsaSign(reduced(digest), privateKey)
      return { compact: signature, recovery: recid }
    },
    verify: (compact, digest, publicKey) => bindings.ecdsaVerify(compact, digest, publicKey),
    recover: ({ compact, recovery }, digest) =>
      bindings.ecdsaRecover(compact, recovery, digest, false),
    sharedPoint: (privateKey, publicKey) => sharedPoint(bindings, privateKey, publicKey),
  })
}

// RFC 6979 derives the nonce from the digest modulo the order; libsecp256k1 from the digest as it is.
function reduced(digest: Uint8Array): Uint8Array {
  if (compareBytes(digest, curveOrder) < 0) return digest
  // Twice the order does not fit 32 bytes, so once is enough.
  const difference = BigInt(`0x${toHex(digest)}`) - BigInt(`0x${toHex(curveOrder)}`)
  return fromHex(difference.toString(16).padStart(64, '0'))
}

// The ecdh call takes the same time for every private key, which multiplying a point does not.
// It hands both coordinates to its hash function; here they land in the result, and the hash is a dummy.
function sharedPoint(
  bindings: Bindings,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  const point = new Uint8Array(65)
  point[0] = 4
  const dummy = new Uint8Array(1)
  const options = { hashfn: () => dummy, xbuf: point.subarray(1, 33), ybuf: point.subarray(33) }
  try {
    bindings.ecdh(publicKey, privateKey, options, new Uint8Array(1))
    return point
  } catch (error) {
    wipe(point)
    throw error
  }
}
