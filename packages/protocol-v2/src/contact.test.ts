import { contactTopic, type Envelope } from '@posthorn/envelope'
import { encodeContactBundle } from '@posthorn/identity'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contactEnvelopes, newestContact } from './contact.ts'
import { createAccount, crypto, flipped, nowNs, orRefused } from './test-support.ts'
import { verifyContactEnvelope } from './verify.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const { address } = alice.identity
const contentTopic = contactTopic(address)
const published = contactEnvelopes({ address, keyBundle: alice.bundle, nowNs })

const rowOf = (message: Uint8Array, timestampNs: bigint): Envelope => ({
  contentTopic,
  timestampNs,
  message,
})

test('an account advertises both versions, the second newer', () => {
  expect(published.map((envelope) => envelope.timestampNs)).toEqual([nowNs, nowNs + 1n])
  expect(published.map((envelope) => envelope.contentTopic)).toEqual([contentTopic, contentTopic])
  const found = newestContact(crypto, address, published)
  expect(found).toMatchObject({ version: 'v2', address, keyBundle: alice.bundle })
})

test('an account whose keys have no V1 form advertises V2 only', () => {
  const { identityKey, preKey } = alice.bundle
  const native = { identityKey: { ...identityKey, isFromLegacy: false }, preKey }
  expect(contactEnvelopes({ address, keyBundle: native, nowNs })).toHaveLength(1)
})

test('the newest contact of the account is found among malformed rows and those of others', () => {
  const rows = [
    ...published,
    rowOf(encodeContactBundle({ version: 'v2', keyBundle: bob.bundle }), nowNs + 5n),
    rowOf(Uint8Array.of(1, 2, 3), nowNs + 6n),
  ]
  expect(newestContact(crypto, address, rows)?.keyBundle).toEqual(alice.bundle)
  expect(newestContact(crypto, address, rows.slice(2))).toBeUndefined()
  expect(newestContact(crypto, address, [])).toBeUndefined()
})

test('a contact is verified against the owner of its topic', () => {
  for (const { message } of published) {
    for (const owner of [address, address.toLowerCase()]) {
      expect(verifyContactEnvelope(crypto, { owner, message })).toMatchObject({
        address,
        identityCreatedNs: 1_700_000_000_000_000_000n,
        preKeyCreatedNs: 1_700_000_000_000_000_000n,
      })
    }
    const verify = () => verifyContactEnvelope(crypto, { owner: bob.identity.address, message })
    expect(verify).toThrow(withCode('contact/other-account'))
  }
})

test('a contact whose pre-key another identity signed is refused', () => {
  const keyBundle = { ...alice.bundle, preKey: bob.bundle.preKey }
  const message = encodeContactBundle({ version: 'v2', keyBundle })
  expect(() => verifyContactEnvelope(crypto, { owner: address, message })).toThrow(
    withCode('identity/pre-key-not-signed'),
  )
})

test('a contact with any byte changed is refused, or says the same', async () => {
  const message = published[1]?.message ?? new Uint8Array(0)
  const wanted = verifyContactEnvelope(crypto, { owner: address, message })
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const changed = { owner: address, message: flipped(message, at, mask) }
      const verified = await orRefused(() => verifyContactEnvelope(crypto, changed))
      if (verified !== undefined) expect(verified).toEqual(wanted)
    }),
    { numRuns: 300 },
  )
})
