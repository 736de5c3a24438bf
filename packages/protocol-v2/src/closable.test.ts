import { toHex } from '@posthorn/bytes'
import { closableTopicId, topicCategory } from '@posthorn/envelope'
import { expect, test } from 'vitest'
import { createMemoryKeystore } from './keystore/memory-keystore.ts'
import { createAccount, crypto, nowNs } from './test-support.ts'
import { closingSecret } from './topic-key.ts'

const alice = createMemoryKeystore(crypto, (await createAccount(1)).identity.keys)
const bob = createMemoryKeystore(crypto, (await createAccount(2)).identity.keys)
const context = { conversationId: 'example.org/news', metadata: {} }

test('both accounts know the secret whose hash is the topic of a closable conversation', async () => {
  const input = { recipient: bob.keyBundle, createdNs: nowNs, context, isClosable: true }
  const { conversation, bytes } = await alice.createInvitation(input)
  expect(topicCategory(conversation.topic)).toBe('v2-conversation')
  const opened = await bob.openInvitation({ bytes, timestampNs: nowNs })
  expect(opened).toMatchObject({ isDerived: true, conversation: { topic: conversation.topic } })
  const { keyMaterial } = opened.conversation
  const secret = closingSecret(crypto, { keyMaterial, conversationId: context.conversationId })
  expect(toHex(crypto.hash.sha256(secret))).toBe(closableTopicId(conversation.topic))
  const other = closingSecret(crypto, { keyMaterial, conversationId: '' })
  expect(other).not.toEqual(secret)
})

test('begun from either side it is the same conversation, and not the one that cannot be closed', async () => {
  const createdNs = nowNs
  const here = { recipient: bob.keyBundle, createdNs, context, isClosable: true }
  const there = { recipient: alice.keyBundle, createdNs, context, isClosable: true }
  const [one, two] = [await alice.createInvitation(here), await bob.createInvitation(there)]
  expect(one.conversation.topic).toBe(two.conversation.topic)
  const plain = await alice.createInvitation({ ...here, isClosable: false })
  expect(plain.conversation.topic).not.toBe(one.conversation.topic)
  expect(closableTopicId(plain.conversation.topic)).toBeUndefined()
})
