import { toUtf8 } from '@posthorn/bytes'
import { topicCategory } from '@posthorn/envelope'
import { expect, test } from 'vitest'
import { createMemoryKeystore } from './keystore/memory-keystore.ts'
import { importKeystore } from './keystore/open-keystore.ts'
import { createAccount, crypto, flipped } from './test-support.ts'

const alice = createMemoryKeystore(crypto, (await createAccount(1)).identity.keys)
const bob = createMemoryKeystore(crypto, (await createAccount(2)).identity.keys)
const value = toUtf8('remember the milk')

test('an entry of a private log opens for its account under its name', async () => {
  const bytes = await alice.sealPrivateEntry('notes', value)
  expect(await alice.openPrivateEntry('notes', bytes)).toEqual(value)
  expect(await alice.sealPrivateEntry('notes', value)).not.toEqual(bytes)
})

test('an entry opens for nobody else, in no other log, and not when it was changed', async () => {
  const bytes = await alice.sealPrivateEntry('notes', value)
  const refused = { code: 'crypto/decrypt-failed' }
  await expect(bob.openPrivateEntry('notes', bytes)).rejects.toMatchObject(refused)
  await expect(alice.openPrivateEntry('escrow', bytes)).rejects.toMatchObject(refused)
  const changed = flipped(bytes, bytes.length - 1, 1)
  await expect(alice.openPrivateEntry('notes', changed)).rejects.toMatchObject(refused)
  const none = alice.openPrivateEntry('notes', new Uint8Array(0))
  await expect(none).rejects.toMatchObject({ code: 'private-log/unknown-version' })
})

test('every log of every account has a topic of its own, the same for all of its clients', async () => {
  const again = createMemoryKeystore(crypto, (await createAccount(1)).identity.keys)
  const topics = await Promise.all([
    alice.privateLogTopic('notes'),
    alice.privateLogTopic('escrow'),
    alice.consentTopic(),
    bob.privateLogTopic('notes'),
    again.privateLogTopic('notes'),
  ])
  expect(new Set(topics).size).toBe(5)
  expect(topics.map(topicCategory)).toEqual(Array(5).fill('userpreferences'))
  const exported = importKeystore(crypto, await alice.exportKeyBundle())
  expect(await exported.privateLogTopic('notes')).toBe(topics[0])
  const bytes = await alice.sealPrivateEntry('notes', value)
  expect(await exported.openPrivateEntry('notes', bytes)).toEqual(value)
})
