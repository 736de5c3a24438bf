// Public keys that verify again and again, as those of an inbox do, with tables that spare their multiplications the
// doublings: such a verification takes half as long.

import { secp256k1 } from '@noble/curves/secp256k1.js'

/** A point of the curve as the library holds it. */
export type Point = InstanceType<typeof secp256k1.Point>

/** The points of public keys that have verified often. */
export type KnownPoints = {
  /** The point of a key, with its table; undefined until the key has verified often enough. */
  recall(publicKey: Uint8Array): Point | undefined
  /** Tells of a signature that held. */
  verified(publicKey: Uint8Array): void
}

type Entry = { uses: number; point?: Point }

// Making a table takes as long as it spares ten verifications, so it is made where as many have been seen.
const minUses = 10
const windowBits = 4
// A table has 520 points, some 100 KB.
const maxKnown = 16

/** Remembers the `maxKnown` keys that verified last. */
export function createKnownPoints(): KnownPoints {
  const known = new Map<string, Entry>()

  function verified(publicKey: Uint8Array): void {
    const name = nameOf(publicKey)
    const entry = known.get(name) ?? { uses: 0 }
    entry.uses++
    if (entry.uses === minUses) entry.point = pointWithTable(publicKey)
    known.delete(name)
    known.set(name, entry)
    const [oldest] = known.keys()
    if (oldest !== undefined && known.size > maxKnown) known.delete(oldest)
  }

  return { recall: (publicKey) => known.get(nameOf(publicKey))?.point, verified }
}

function pointWithTable(publicKey: Uint8Array): Point {
  return secp256k1.Point.fromBytes(publicKey).precompute(windowBits, false)
}

// One character for each byte.
function nameOf(publicKey: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, publicKey)
}
