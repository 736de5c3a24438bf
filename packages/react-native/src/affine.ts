// Points of secp256k1 in affine coordinates: the little that is left to do between two native calls.
// Big integers of JavaScript take a time that depends on their values, here as in every library made of them.

import { fromHex, toHex } from '@posthorn/bytes'

/** A point other than infinity. */
export type Point = { readonly x: bigint; readonly y: bigint }

/** The field's prime. */
export const fieldPrime: bigint = 2n ** 256n - 2n ** 32n - 977n
/** How many points there are. */
export const groupOrder: bigint =
  0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
/** The remainder in 0 to modulus less one. */
export function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** The inverse of a value that is not 0 modulo a prime. */
export function invert(value: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(value, modulus), modulus]
  let [factor, next] = [1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a % b]
    ;[factor, next] = [next, factor - quotient * next]
  }
  return mod(factor, modulus)
}

/** The point with this x and a y of this parity, or undefined when there is none. */
export function pointAt(x: bigint, isOdd: boolean): Point | undefined {
  const square = mod(x * x * x + 7n, fieldPrime)
  const y = power(square, (fieldPrime + 1n) / 4n)
  if (mod(y * y, fieldPrime) !== square) return undefined
  return { x, y: isOdd === ((y & 1n) === 1n) ? y : fieldPrime - y }
}

/** The sum of two points with different x. */
export function add(a: Point, b: Point): Point {
  const slope = mod((b.y - a.y) * invert(b.x - a.x, fieldPrime), fieldPrime)
  const x = mod(slope * slope - a.x - b.x, fieldPrime)
  return { x, y: mod(slope * (a.x - x) - a.y, fieldPrime) }
}

/** A point as 65 bytes starting 0x04. */
export function pointToBytes({ x, y }: Point): Uint8Array {
  return fromHex(`04${scalarToHex(x)}${scalarToHex(y)}`)
}

/** A point of 65 bytes starting 0x04; whether it is on the curve is not checked. */
export function pointOf(bytes: Uint8Array): Point {
  return { x: scalarOf(bytes.subarray(1, 33)), y: scalarOf(bytes.subarray(33)) }
}

/** A number of big-endian bytes. */
export function scalarOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

/** A number as 64 hexadecimal digits. */
export function scalarToHex(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = base
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % fieldPrime
    square = (square * square) % fieldPrime
  }
  return result
}
