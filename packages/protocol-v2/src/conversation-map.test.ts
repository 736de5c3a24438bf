import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Conversation, conversationV1 } from './conversation.ts'
import { decodeConversations, encodeConversations, encodeRevision } from './conversation-map.ts'
import {
  type DecodedMessage,
  decodeDecodedMessage,
  encodeDecodedMessage,
} from './decoded-message.ts'
import { createAccount, crypto, nowNs, orRefused } from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const selfAddress = alice.identity.address
const peerAddress = bob.identity.address

const contexts = fc.record({
  conversationId: fc.string(),
  metadata: fc.dictionary(fc.string(), fc.string()),
})
const conversations: fc.Arbitrary<Conversation> = fc.oneof(
  fc.constant(conversationV1(crypto, { selfAddress, peerAddress, createdNs: nowNs })),
  fc.record(
    {
      version: fc.constant('v2' as const),
      topic: fc.stringMatching(/^[0-9a-f]{64}$/).map((id) => `/xmtp/0/m-${id}/proto`),
      peerAddress: fc.constant(peerAddress),
      createdNs: fc.bigInt(0n, 2n ** 64n - 1n),
      keyMaterial: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      context: contexts,
    },
    { requiredKeys: ['version', 'topic', 'peerAddress', 'createdNs', 'keyMaterial'] },
  ),
)

test('conversations survive export and import', () => {
  const distinct = fc.uniqueArray(conversations, { selector: ({ topic }) => topic })
  fc.assert(
    fc.property(distinct, (list) => {
      expect(decodeConversations(encodeConversations(list), selfAddress)).toEqual(list)
    }),
  )
})

test('importing arbitrary bytes throws nothing but a ProtocolError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await orRefused(() => decodeConversations(bytes, selfAddress))
      await orRefused(() => decodeDecodedMessage(bytes))
    }),
  )
})

test('a revision is a signed 32-bit number, little-endian', () => {
  expect(encodeRevision(1)).toEqual(Uint8Array.of(1, 0, 0, 0))
  expect(encodeRevision(-2)).toEqual(Uint8Array.of(254, 255, 255, 255))
})

const messages: fc.Arbitrary<DecodedMessage> = fc.record(
  {
    id: fc.string(),
    version: fc.constantFrom('v1', 'v2'),
    senderAddress: fc.string(),
    recipientAddress: fc.string(),
    sentNs: fc.bigInt(0n, 2n ** 64n - 1n),
    topic: fc.string(),
    conversation: fc.record(
      {
        topic: fc.string(),
        peerAddress: fc.string(),
        createdNs: fc.bigInt(0n, 2n ** 64n - 1n),
        context: contexts,
        consentProof: fc.record({ signature: fc.string(), timestampMs: fc.bigInt(0n, 2n ** 63n) }),
      },
      { requiredKeys: ['topic', 'peerAddress', 'createdNs'] },
    ),
    content: fc.uint8Array(),
  },
  {
    requiredKeys: ['id', 'version', 'senderAddress', 'sentNs', 'topic', 'conversation', 'content'],
  },
)

test('stored messages survive the round trip', () => {
  fc.assert(
    fc.property(messages, (message) => {
      expect(decodeDecodedMessage(encodeDecodedMessage(message))).toEqual(message)
    }),
  )
})

test('a stored message without conversation is refused', () => {
  expect(() => decodeDecodedMessage(new Uint8Array(0))).toThrow(
    withCode('message/malformed-record'),
  )
})
