// Generators of what nodes and clients meet on the wire, for properties.

import fc from 'fast-check'

/** What fast-check makes for `envelopes`; it has the shape of @posthorn/envelope's Envelope. */
export type ArbitraryEnvelope = {
  readonly contentTopic: string
  readonly timestampNs: bigint
  readonly message: Uint8Array
}

/** Topics of every kind, with names that meet by chance. */
export function topics(): fc.Arbitrary<string> {
  const kinds = ['contact', 'intro', 'invite', 'dm', 'm', 'mE', 'privatestore', 'userpreferences']
  return fc
    .tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 3 }))
    .map(([kind, number]) => `/xmtp/0/${kind}-${number}/proto`)
}

/** Times that meet by chance, and the ends of the unsigned 64-bit range. */
export function timestampsNs(): fc.Arbitrary<bigint> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 9n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n) },
  )
}

/** Envelopes that share topics, times and bytes often enough to collide. */
export function envelopes(): fc.Arbitrary<ArbitraryEnvelope> {
  return fc.record({
    contentTopic: topics(),
    timestampNs: timestampsNs(),
    message: fc.uint8Array({ maxLength: 3 }),
  })
}
