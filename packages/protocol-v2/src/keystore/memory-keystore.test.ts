import { toUtf8 } from '@posthorn/bytes'
import { authorizationHeader, verifyAuthorizationHeader } from '@posthorn/identity'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAccount, crypto, nowNs, orRefused } from '../test-support.ts'
import { createMemoryKeystore } from './memory-keystore.ts'
import { createKeystore, importKeystore, restoreKeystore } from './open-keystore.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = createMemoryKeystore(crypto, (await createAccount(1)).identity.keys)
const bobAccount = await createAccount(2)
const bob = createMemoryKeystore(crypto, bobAccount.identity.keys)

test('two keystores talk to one another by V1 and V2', async () => {
  const content = toUtf8('hello')
  const v1 = await alice.sealMessageV1({
    recipient: bob.keyBundle,
    recipientAddress: bob.address,
    sentNs: nowNs,
    content,
  })
  expect(await bob.openMessageV1({ bytes: v1.bytes, topic: v1.topic })).toMatchObject({
    senderAddress: alice.address,
    content,
  })
  const invited = await alice.createInvitation({ recipient: bob.keyBundle, createdNs: nowNs })
  const { conversation } = await bob.openInvitation({ bytes: invited.bytes, timestampNs: nowNs })
  const sealed = await bob.sealMessage({ conversation, content, shouldPush: true, sentNs: nowNs })
  const opened = await alice.openMessage({
    conversation: invited.conversation,
    bytes: sealed.bytes,
  })
  expect(opened).toMatchObject({ senderAddress: bob.address, content, isFromStranger: false })
})

test('no opener throws anything but a ProtocolError at arbitrary bytes', async () => {
  const { conversation } = await alice.createInvitation({
    recipient: bob.keyBundle,
    createdNs: nowNs,
  })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const opened = await Promise.all([
        orRefused(() => alice.openMessageV1({ bytes })),
        orRefused(() => alice.openMessage({ bytes, conversation })),
        orRefused(() => alice.openInvitation({ bytes, timestampNs: nowNs })),
        orRefused(() => alice.openConsentAction(bytes)),
        orRefused(() => importKeystore(crypto, bytes)),
      ])
      expect(opened.every((result) => result === undefined)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('a token made by a keystore is taken for its account', async () => {
  const header = authorizationHeader(await alice.createAuthToken(nowNs))
  expect(verifyAuthorizationHeader(crypto, header, nowNs)).toMatchObject({ address: alice.address })
})

test('exported keys make the same keystore elsewhere', async () => {
  const imported = importKeystore(crypto, await alice.exportKeyBundle())
  expect(imported.address).toBe(alice.address)
  expect(imported.keyBundle).toEqual(alice.keyBundle)
  expect(await imported.consentTopic()).toBe(await alice.consentTopic())
})

test('keys sealed for the network come back with the wallet', async () => {
  const { signer } = bobAccount
  const created = await createKeystore(crypto, { signer, nowMs: 1_700_000_000_000 })
  const record = await created.sealKeyBundle(signer)
  const { keystore, needsRewrite } = await restoreKeystore(crypto, { signer, record })
  expect(needsRewrite).toBe(false)
  expect(keystore.keyBundle).toEqual(created.keyBundle)
})

test('closing wipes the keys and ends every service', async () => {
  const { identity } = await createAccount(9)
  const keystore = createMemoryKeystore(crypto, identity.keys)
  await keystore[Symbol.asyncDispose]()
  expect(identity.keys.identityKey.secret).toEqual(new Uint8Array(32))
  expect(identity.keys.preKeys[0].secret).toEqual(new Uint8Array(32))
  const closed = withCode('keystore/closed')
  await expect(keystore.exportKeyBundle()).rejects.toEqual(closed)
  await expect(keystore.createAuthToken(nowNs)).rejects.toEqual(closed)
  const conversation = { topic: '', keyMaterial: new Uint8Array(32), peerAddress: '' }
  const bytes = new Uint8Array(0)
  await expect(keystore.openMessage({ conversation, bytes })).rejects.toEqual(closed)
})

test('keys that do not belong together are refused', async () => {
  const { keys } = bobAccount.identity
  const { identity } = await createAccount(9)
  const mixed = { identityKey: keys.identityKey, preKeys: identity.keys.preKeys }
  expect(() => createMemoryKeystore(crypto, mixed)).toThrow(withCode('identity/pre-key-not-signed'))
})
