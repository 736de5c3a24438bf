// Chance that repeats: a failure found with a seed is found again with it.

/** A repeatable random source. Not for keys. */
export type SeededRandom = {
  /** 0 to 1, 1 excluded; fits in the place of Math.random. */
  unit(): number
  /** Fits in the place of a crypto back end's randomBytes. */
  bytes(lengthBytes: number): Uint8Array
}

/** The same `seed` gives the same sequence on every machine. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  // Mulberry32, a public-domain generator of 32-bit numbers.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    unit: () => next() / 2 ** 32,
    bytes: (lengthBytes) => Uint8Array.from({ length: lengthBytes }, () => next() & 0xff),
  }
}
