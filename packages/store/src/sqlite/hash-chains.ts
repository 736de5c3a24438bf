// Finds the slots of a ring by a key, in shared memory: each slot knows the slot before it with the same
// hash of its key. One thread pushes; others may walk meanwhile.

const noSlot = 0
const buckets = 65_536

/** Bytes that chains over a ring of as many slots take. */
export function chainBytes(slots: number): number {
  return (buckets + slots) * Int32Array.BYTES_PER_ELEMENT
}

/** Chains of slots, the newest first. Different keys may share one: look at what is in the slot. */
export class HashChains {
  readonly #heads: Int32Array
  readonly #previous: Int32Array

  /** Chains in `chainBytes(slots)` bytes of memory, which are zero at first. */
  constructor(memory: SharedArrayBuffer, at: number, slots: number) {
    this.#heads = new Int32Array(memory, at, buckets)
    this.#previous = new Int32Array(memory, at + this.#heads.byteLength, slots)
  }

  /** Puts a slot before all others of its key. */
  push(key: number, slot: number): void {
    const bucket = bucketOf(key)
    this.#previous[slot] = this.#heads[bucket] ?? noSlot
    // Whoever finds the slot from now on finds what was written into it before.
    Atomics.store(this.#heads, bucket, slot + 1)
  }

  /** The newest slot of a key, or -1. */
  newest(key: number): number {
    return Atomics.load(this.#heads, bucketOf(key)) - 1
  }

  /** The slot before one in its chain, or -1. */
  before(slot: number): number {
    return (this.#previous[slot] ?? noSlot) - 1
  }

  /** Forgets all slots. */
  clear(): void {
    this.#heads.fill(noSlot)
  }
}

// Keys are ids that count up, or hashes already.
function bucketOf(key: number): number {
  return key % buckets
}
