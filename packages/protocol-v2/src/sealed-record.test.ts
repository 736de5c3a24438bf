import { toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRecord, sealRecord } from './sealed-record.ts'
import { createAccount, crypto, flipped, orRefused } from './test-support.ts'

const [alice, bob] = [await createAccount(1), await createAccount(2)]
const value = toUtf8('local state')
const record = sealRecord(crypto, alice.identity.keys.identityKey, value)
const open = (bytes: Uint8Array) => openRecord(crypto, alice.identity.keys.identityKey, bytes)

test('a record opens for the key that sealed it, unchanged, and for no other', () => {
  expect(open(record)).toEqual(value)
  expect(() => openRecord(crypto, bob.identity.keys.identityKey, record)).toThrow(
    expect.objectContaining({ code: 'keystore/record-not-signed' }),
  )
})

test('a record with any byte changed is refused or opens unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const opened = await orRefused(async () => open(flipped(record, at, mask)))
      if (opened !== undefined) expect(opened).toEqual(value)
    }),
  )
})
