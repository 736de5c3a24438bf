import { expect, test } from 'vitest'
import { agreeOnSecret, swapRole } from './key-agreement.ts'
import { createAccount, crypto } from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const { identityKey, preKeys } = alice.identity.keys
const mine = { identityKey, preKey: preKeys[0] }
const asSender = agreeOnSecret(crypto, { ...mine, peer: bob.bundle, role: 'sender' })

test('sender and recipient agree on the same 195 bytes', () => {
  const { identityKey: theirs, preKeys: theirPreKeys } = bob.identity.keys
  const keys = { identityKey: theirs, preKey: theirPreKeys[0], peer: alice.bundle }
  const atBob = agreeOnSecret(crypto, { ...keys, role: 'recipient' })
  expect(atBob).toEqual(asSender)
  expect(asSender).toHaveLength(195)
})

test('the other role exchanges the first two points', () => {
  const asRecipient = agreeOnSecret(crypto, { ...mine, peer: bob.bundle, role: 'recipient' })
  expect(asRecipient).not.toEqual(asSender)
  expect(swapRole(asRecipient.slice())).toEqual(asSender)
})

test('a pre-key that its identity key did not sign is refused', () => {
  const peer = { ...bob.bundle, preKey: alice.bundle.preKey }
  expect(() => agreeOnSecret(crypto, { ...mine, peer, role: 'sender' })).toThrow(
    withCode('identity/pre-key-not-signed'),
  )
})
