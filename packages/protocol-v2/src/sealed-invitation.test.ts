import { inviteTopic } from '@posthorn/envelope'
import { addPreKey, publicKeyBundleOf } from '@posthorn/identity'
import { decode, SealedInvitation } from '@posthorn/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConversationContext } from './invitation.ts'
import { createInvitation, openInvitation, sealInvitation } from './sealed-invitation.ts'
import {
  createAccount,
  crypto,
  flipped,
  nowNs,
  orRefused,
  type TestAccount,
  withoutMutation,
} from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
const alice = await createAccount(1)
const bob = await createAccount(2)
const carol = await createAccount(3)

const create = (from: TestAccount, to: TestAccount, context?: ConversationContext) =>
  createInvitation(crypto, {
    identity: from.identity,
    recipient: to.bundle,
    createdNs: nowNs,
    context,
  })
const open = ({ identity }: TestAccount, bytes: Uint8Array, timestampNs = nowNs) =>
  openInvitation(crypto, { identity, bytes, timestampNs })
const created = await create(alice, bob)

test('both ends open an invitation as the conversation that was created', async () => {
  const { conversation, bytes, topics } = created
  expect(topics).toEqual([inviteTopic(bob.identity.address), inviteTopic(alice.identity.address)])
  expect(await open(alice, bytes)).toEqual({ conversation, isOwn: true, isDerived: true })
  expect(await open(bob, bytes)).toEqual({
    conversation: { ...conversation, peerAddress: alice.identity.address },
    isOwn: false,
    isDerived: true,
  })
})

test('both accounts derive the same topic and key, whoever invites', async () => {
  const { conversation } = await create(bob, alice)
  expect(conversation.topic).toBe(created.conversation.topic)
  expect(conversation.keyMaterial).toEqual(created.conversation.keyMaterial)
})

test('another conversation id gives another topic and the same key', async () => {
  const { conversation } = await create(alice, bob, { conversationId: 'a', metadata: {} })
  expect(conversation.topic).not.toBe(created.conversation.topic)
  expect(conversation.keyMaterial).toEqual(created.conversation.keyMaterial)
})

test('a new pre-key gives another topic and another key', async () => {
  const keys = addPreKey(crypto, bob.identity.keys, 1_700_000_001_000)
  const rotated = { ...bob, identity: { ...bob.identity, keys }, bundle: publicKeyBundleOf(keys) }
  const { conversation } = await create(alice, rotated)
  expect(conversation.topic).not.toBe(created.conversation.topic)
  expect(conversation.keyMaterial).not.toEqual(created.conversation.keyMaterial)
  expect((await open(rotated, created.bytes)).isDerived).toBe(true)
})

test('context and consent proof survive the round trip', async () => {
  const metadata = fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), fc.string())
  const context = fc.record({ conversationId: fc.string(), metadata })
  const proof = fc.record({ signature: fc.string(), timestampMs: fc.bigInt(0n, 2n ** 63n) })
  await fc.assert(
    fc.asyncProperty(context, proof, async (givenContext, consentProof) => {
      const { bytes } = await createInvitation(crypto, {
        identity: alice.identity,
        recipient: bob.bundle,
        createdNs: nowNs,
        context: givenContext,
        consentProof,
      })
      const { conversation } = await open(bob, bytes)
      expect(conversation.context).toEqual(givenContext)
      expect(conversation.consentProof).toEqual(consentProof)
    }),
    { numRuns: 30 },
  )
})

test('an invitation with any byte changed is refused', async () => {
  const { bytes } = created
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const changed = flipped(bytes, at, mask)
      const opened = await orRefused(() => open(bob, changed))
      // A byte of framing may change without changing what is framed.
      if (opened !== undefined) expect(inner(changed)).toEqual(inner(bytes))
    }),
    { numRuns: 400 },
  )
})

function inner(bytes: Uint8Array) {
  const { version } = decode(SealedInvitation, bytes, 'SealedInvitation')
  return [version?.value.headerBytes, version?.value.ciphertext?.union?.value]
}

test('an invitation in an envelope of another time is refused', async () => {
  for (const timestampNs of [nowNs - 1n, nowNs + 1n]) {
    await expect(open(bob, created.bytes, timestampNs)).rejects.toEqual(
      withCode('invitation/timestamp-mismatch'),
    )
  }
})

test('an invitation between two others is refused', async () => {
  await expect(open(carol, created.bytes)).rejects.toEqual(withCode('invitation/not-for-me'))
})

test('an invitation to a pre-key that is not ours is refused', async () => {
  const keys = addPreKey(crypto, bob.identity.keys, 1_700_000_001_000)
  const { bytes } = await create(alice, { ...bob, bundle: publicKeyBundleOf(keys) })
  await expect(open(bob, bytes)).rejects.toEqual(withCode('keystore/no-matching-pre-key'))
})

test('an account cannot invite itself', async () => {
  await expect(create(alice, alice)).rejects.toEqual(withCode('invitation/to-self'))
})

const seal = (topic: string, keyMaterial: Uint8Array) =>
  sealInvitation(crypto, {
    identity: alice.identity,
    recipient: bob.bundle,
    createdNs: nowNs,
    invitation: { topic, keyMaterial },
  })

test('a topic or key that the two accounts do not derive is told apart', async () => {
  const { topic, keyMaterial } = created.conversation
  const otherKey = new Uint8Array(32).fill(1)
  const otherTopic = '/xmtp/0/m-vyK9p6+CgM5qMDZkJI7Z8xTleMEAhNEp+wRw33rPeyM/proto'
  expect((await open(bob, await seal(topic, keyMaterial))).isDerived).toBe(true)
  expect((await open(bob, await seal(topic, otherKey))).isDerived).toBe(false)
  expect((await open(bob, await seal(otherTopic, keyMaterial))).isDerived).toBe(false)
})

test.each([
  '',
  'm-00',
  '/xmtp/0/contact-0x00/proto',
  '/xmtp/0/dm-0x00-0x01/proto',
  '/xmtp/0/m-a b/proto',
  `/xmtp/0/m-${'a'.repeat(300)}/proto`,
])('an invitation to the topic %j is refused', async (topic) => {
  const bytes = await seal(topic, new Uint8Array(32))
  await expect(open(bob, bytes)).rejects.toEqual(withCode('invitation/bad-topic'))
})

test('an invitation with a key of another length is refused', async () => {
  const bytes = await seal(created.conversation.topic, new Uint8Array(31))
  await expect(open(bob, bytes)).rejects.toEqual(withCode('invitation/bad-key'))
})

test('creating and opening leave what they are given as it was', async () => {
  const input = { identity: alice.identity, recipient: bob.bundle, createdNs: nowNs }
  const { bytes } = await withoutMutation(input, (given) => createInvitation(crypto, given))
  const opening = { identity: bob.identity, bytes, timestampNs: nowNs }
  await withoutMutation(opening, (given) => openInvitation(crypto, given))
})
