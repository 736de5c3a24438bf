// secp256k1 of the native module. It multiplies points, which is nearly all the work, but hands out only the x
// of a product; one more product tells which y belongs to it. Whatever is out of the ordinary goes to the plain
// JavaScript curve: it refuses what is to be refused, with the errors of every back end.

import { fromHex, toHex } from '@posthorn/bytes'
import type { Curve, RecoverableSignature } from '@posthorn/crypto'
import {
  add,
  fieldPrime,
  groupOrder,
  invert,
  mod,
  type Point,
  pointAt,
  pointOf,
  pointToBytes,
  scalarOf,
  scalarToHex,
} from './affine.ts'
import type { NativeCrypto } from './native-crypto.ts'

/** The native curve; `plain` signs, and takes over where the native one cannot go on. */
export function createQuickCurve(native: NativeCrypto, plain: Curve): Curve {
  const products = createProducts(native)

  // What two native products tell, or undefined where that is nothing.
  function attempt<T>(work: () => T | undefined): T | undefined {
    try {
      return work()
    } catch {
      return undefined
    }
  }

  return {
    ...plain,
    publicKey(privateKey) {
      if (!plain.isPrivateKey(privateKey)) return plain.publicKey(privateKey)
      const bytes = attempt(() => pointToBytes(products.ofGenerator(scalarOf(privateKey))))
      return bytes ?? plain.publicKey(privateKey)
    },
    sharedPoint(privateKey, publicKey) {
      const isUsable = plain.isPrivateKey(privateKey) && hasPointForm(publicKey)
      const bytes = isUsable
        ? attempt(() => {
            const product = products.of(scalarOf(privateKey), pointOf(publicKey))
            return product && pointToBytes(product)
          })
        : undefined
      return bytes ?? plain.sharedPoint(privateKey, publicKey)
    },
    verify(compact, digest, publicKey) {
      if (!hasPointForm(publicKey)) return plain.verify(compact, digest, publicKey)
      const isGood = attempt(() => {
        const numbers = numbersOf(compact, digest)
        if (numbers === undefined) return undefined
        const { r, s, z } = numbers
        const inverse = invert(s, groupOrder)
        const sum = products.sum([z * inverse, r * inverse], pointOf(publicKey))
        return sum && mod(sum.x, groupOrder) === r
      })
      return isGood ?? plain.verify(compact, digest, publicKey)
    },
    recover(signature, digest) {
      const bytes = attempt(() => recovered(products, signature, digest))
      return bytes ?? plain.recover(signature, digest)
    },
  }
}

type Products = {
  ofGenerator(scalar: bigint): Point
  /** Undefined in the few cases where the two products do not tell y. */
  of(scalar: bigint, point: Point): Point | undefined
  /** The first factor times the generator plus the second times the point; undefined like `of`. */
  sum(factors: readonly [bigint, bigint], point: Point): Point | undefined
}

function createProducts(native: NativeCrypto): Products {
  function xOf(scalar: bigint, point: Point): bigint {
    const ecdh = native.createECDH('secp256k1')
    ecdh.setPrivateKey(scalarToHex(scalar), 'hex')
    return scalarOf(ecdh.computeSecret(toHex(pointToBytes(point)), 'hex'))
  }

  function ofGenerator(scalar: bigint): Point {
    const ecdh = native.createECDH('secp256k1')
    ecdh.setPrivateKey(scalarToHex(scalar), 'hex')
    const bytes = ecdh.getPublicKey()
    return pointOf(typeof bytes === 'string' ? fromHex(bytes) : bytes)
  }

  function of(scalar: bigint, point: Point): Point | undefined {
    const next = scalar + 1n
    const x = xOf(scalar, point)
    if (next === groupOrder || x === point.x) return undefined
    const even = pointAt(x, false)
    if (even === undefined) return undefined
    if (add(even, point).x === xOf(next, point)) return even
    return { x, y: fieldPrime - even.y }
  }

  function sum(
    [ofTheGenerator, ofThePoint]: readonly [bigint, bigint],
    point: Point,
  ): Point | undefined {
    const [first, second] = [mod(ofTheGenerator, groupOrder), mod(ofThePoint, groupOrder)]
    if (first === 0n || second === 0n) return undefined
    const [left, right] = [ofGenerator(first), of(second, point)]
    return right === undefined || left.x === right.x ? undefined : add(left, right)
  }

  return { ofGenerator, of, sum }
}

function recovered(
  products: Products,
  { compact, recovery }: RecoverableSignature,
  digest: Uint8Array,
): Uint8Array | undefined {
  const numbers = numbersOf(compact, digest)
  if (numbers === undefined || (recovery !== 0 && recovery !== 1)) return undefined
  const { r, s, z } = numbers
  const nonce = pointAt(r, recovery === 1)
  if (nonce === undefined) return undefined
  const inverse = invert(r, groupOrder)
  const sum = products.sum([-z * inverse, s * inverse], nonce)
  return sum && pointToBytes(sum)
}

type Numbers = { readonly r: bigint; readonly s: bigint; readonly z: bigint }

// Undefined for what no curve accepts: the plain one then says so.
function numbersOf(compact: Uint8Array, digest: Uint8Array): Numbers | undefined {
  if (compact.length !== 64 || digest.length !== 32) return undefined
  const [r, s] = [scalarOf(compact.subarray(0, 32)), scalarOf(compact.subarray(32))]
  const isInRange = r > 0n && r < groupOrder && s > 0n && s <= groupOrder / 2n
  return isInRange ? { r, s, z: scalarOf(digest) } : undefined
}

function hasPointForm(publicKey: Uint8Array): boolean {
  return publicKey.length === 65 && publicKey[0] === 4
}
