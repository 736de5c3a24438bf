import { toUtf8 } from '@posthorn/bytes'
import { directMessageTopic } from '@posthorn/envelope'
import { addPreKey } from '@posthorn/identity'
import { decode, encode, Message } from '@posthorn/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMessageV1, sealMessageV1 } from './message-v1.ts'
import {
  createAccount,
  crypto,
  flipped,
  nowNs,
  orRefused,
  withoutMutation,
} from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const carol = await createAccount(3)
const content = toUtf8('hello')
const input = {
  identity: alice.identity,
  recipient: bob.bundle,
  recipientAddress: bob.identity.address,
  sentNs: nowNs,
  content,
}
const sealed = await sealMessageV1(crypto, input)
const { bytes, topic } = sealed

test('both ends open a message, under the topic of their two addresses', async () => {
  expect(topic).toBe(directMessageTopic(bob.identity.address, alice.identity.address))
  for (const { identity } of [alice, bob]) {
    expect(await openMessageV1(crypto, { identity, bytes, topic })).toEqual({
      version: 'v1',
      id: sealed.id,
      sealedId: expect.stringMatching(/^[0-9a-f]{64}$/),
      senderAddress: alice.identity.address,
      recipientAddress: bob.identity.address,
      sentNs: 1_700_000_000_123_000_000n,
      topic,
      content,
      isFromStranger: false,
    })
  }
})

test('a message opens without its topic, as on intro topics', async () => {
  const opened = await openMessageV1(crypto, { identity: bob.identity, bytes })
  expect(opened.topic).toBe(topic)
})

test('a message with any byte of header, salt, nonce or ciphertext changed is refused', async () => {
  const at = fc.nat({ max: bytes.length - 1 })
  await fc.assert(
    fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (index, mask) => {
      const changed = flipped(bytes, index, mask)
      const opened = await orRefused(() =>
        openMessageV1(crypto, { identity: bob.identity, bytes: changed, topic }),
      )
      // A byte of framing may change without changing what is framed.
      if (opened !== undefined) expect(inner(changed)).toEqual(inner(bytes))
    }),
    { numRuns: 400 },
  )
})

function inner(message: Uint8Array) {
  const { version } = decode(Message, message, 'Message')
  return [version?.value.headerBytes, version?.value.ciphertext?.union?.value]
}

test('a message on the topic of another conversation is refused', async () => {
  const other = directMessageTopic(bob.identity.address, carol.identity.address)
  const opened = openMessageV1(crypto, { identity: bob.identity, bytes, topic: other })
  await expect(opened).rejects.toEqual(withCode('message/topic-mismatch'))
})

test('a message between two others is refused', async () => {
  const opened = openMessageV1(crypto, { identity: carol.identity, bytes })
  await expect(opened).rejects.toEqual(withCode('message/not-for-me'))
})

test('a message to an older pre-key opens as long as the key is kept', async () => {
  const keys = addPreKey(crypto, bob.identity.keys, 1_700_000_001_000)
  const rotated = { ...bob.identity, keys }
  expect((await openMessageV1(crypto, { identity: rotated, bytes })).content).toEqual(content)
  const [current] = keys.preKeys
  const forgotten = { ...rotated, keys: { ...keys, preKeys: [current] as const } }
  await expect(openMessageV1(crypto, { identity: forgotten, bytes })).rejects.toEqual(
    withCode('keystore/no-matching-pre-key'),
  )
})

test('a peer whose pre-key is not signed by its identity key is refused', async () => {
  const recipient = { ...bob.bundle, preKey: carol.bundle.preKey }
  await expect(sealMessageV1(crypto, { ...input, recipient })).rejects.toEqual(
    withCode('identity/pre-key-not-signed'),
  )
})

test('a V2 message is refused', async () => {
  const value = { headerBytes: new Uint8Array(0), ciphertext: undefined }
  const v2 = encode(Message, { version: { $case: 'v2', value } })
  await expect(openMessageV1(crypto, { identity: bob.identity, bytes: v2 })).rejects.toEqual(
    withCode('message/unknown-version'),
  )
})

test('sealing and opening leave what they are given as it was', async () => {
  await withoutMutation(input, (given) => sealMessageV1(crypto, given))
  await withoutMutation({ identity: bob.identity, bytes }, (given) => openMessageV1(crypto, given))
})
