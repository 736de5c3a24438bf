import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openConsentAction, sealConsentAction } from './consent.ts'
import {
  type ConsentAction,
  type ConsentSubject,
  decodeConsentAction,
  encodeConsentAction,
} from './consent-action.ts'
import {
  applyConsent,
  type ConsentRow,
  consentKey,
  consentState,
  emptyConsentList,
} from './consent-list.ts'
import { createAccount, crypto, flipped, orRefused, withoutMutation } from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const { identityKey } = alice.identity.keys
const address = bob.identity.address

const actions: fc.Arbitrary<ConsentAction> = fc.record({
  decision: fc.constantFrom('allowed', 'denied'),
  subject: fc.constantFrom<ConsentSubject[]>('address', 'groupId', 'inboxId'),
  values: fc.array(fc.string(), { maxLength: 4 }),
})

const row = (decision: 'allowed' | 'denied', value: string, timestampNs: bigint): ConsentRow => ({
  action: { decision, subject: 'address', values: [value] },
  timestampNs,
})

test('an action survives the round trip', async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (action) => {
      expect(decodeConsentAction(encodeConsentAction(action))).toEqual(action)
      const sealed = await sealConsentAction(crypto, identityKey, action)
      expect(await openConsentAction(crypto, identityKey, sealed)).toEqual(action)
    }),
    { numRuns: 50 },
  )
})

test('an action with any byte changed, or of another account, is refused', async () => {
  const action = { decision: 'denied', subject: 'address', values: [address] } as const
  const sealed = await sealConsentAction(crypto, identityKey, action)
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const changed = flipped(sealed, at, mask)
      const opened = await orRefused(() => openConsentAction(crypto, identityKey, changed))
      if (opened !== undefined) expect(opened).toEqual(action)
    }),
    { numRuns: 200 },
  )
  await expect(openConsentAction(crypto, bob.identity.keys.identityKey, sealed)).rejects.toEqual(
    withCode('crypto/decrypt-failed'),
  )
})

test('an action is bound to the public identity key as well as to the private one', async () => {
  const action = { decision: 'allowed', subject: 'groupId', values: ['ab'] } as const
  const sealed = await sealConsentAction(crypto, identityKey, action)
  const otherPublic = { ...identityKey, public: bob.identity.keys.identityKey.public }
  await expect(openConsentAction(crypto, otherPublic, sealed)).rejects.toEqual(
    withCode('crypto/decrypt-failed'),
  )
})

test('an action of a kind that nobody knows is refused', () => {
  expect(() => decodeConsentAction(new Uint8Array(0))).toThrow(withCode('consent/unknown-action'))
})

test('the newest decision counts, in whatever order and how often the rows come', () => {
  const decision = fc.constantFrom<('allowed' | 'denied')[]>('allowed', 'denied')
  const arbitraryRows = fc
    .array(fc.tuple(decision, fc.constantFrom('0xa', '0xb', '0xc')), { maxLength: 10 })
    .map((list) => list.map(([given, value], i) => row(given, value, BigInt(i))))
  const shuffledRows = arbitraryRows.chain((rows) =>
    fc.tuple(
      fc.constant(rows),
      fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 }),
    ),
  )
  fc.assert(
    fc.property(shuffledRows, ([rows, shuffled]) => {
      const whole = applyConsent(crypto, emptyConsentList, rows)
      const halves = [shuffled.slice(0, 5), shuffled.slice(5)]
      const inParts = halves.reduce(
        (list, half) => applyConsent(crypto, list, half),
        emptyConsentList,
      )
      expect([...inParts].sort()).toEqual([...whole].sort())
    }),
  )
})

test('an address is the same entry in every spelling', () => {
  const list = applyConsent(crypto, emptyConsentList, [
    row('allowed', address.toLowerCase(), 1n),
    row('denied', address, 2n),
  ])
  expect(consentState(list, `address-${address}`)).toBe('denied')
  for (const spelling of [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`]) {
    expect(consentKey(crypto, 'address', spelling)).toBe(`address-${address}`)
  }
})

test('groups, inboxes and texts that are no address are compared as given', () => {
  expect(consentKey(crypto, 'groupId', 'aB')).toBe('groupId-aB')
  expect(consentKey(crypto, 'inboxId', address.toLowerCase())).toBe(
    `inboxId-${address.toLowerCase()}`,
  )
  expect(consentKey(crypto, 'address', 'Bob.eth')).toBe('address-Bob.eth')
})

test('an entry that nobody decided on is unknown', () => {
  expect(consentState(emptyConsentList, consentKey(crypto, 'address', address))).toBe('unknown')
})

test('applying rows leaves the list and the rows as they were', async () => {
  const list = applyConsent(crypto, emptyConsentList, [row('allowed', address, 1n)])
  const rows = [row('denied', address, 2n)]
  await withoutMutation({ list, rows }, (given) => applyConsent(crypto, given.list, given.rows))
})
