import { toUtf8 } from '@posthorn/bytes'
import { decode, encode, Message, SignedContent, SignedPublicKeyBundle } from '@posthorn/wire'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decrypt, encrypt } from './ciphertext.ts'
import { hmacKey, hmacPeriod } from './hmac-key.ts'
import { createKeyBundleCache } from './key-bundle-cache.ts'
import { openMessage, sealMessage } from './message.ts'
import { createInvitation } from './sealed-invitation.ts'
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
const { conversation } = await createInvitation(crypto, {
  identity: alice.identity,
  recipient: bob.bundle,
  createdNs: nowNs,
})
const content = toUtf8('hello')

const seal = ({ identity }: TestAccount, given = content) =>
  sealMessage(crypto, { identity, conversation, content: given, shouldPush: true, sentNs: nowNs })
const open = (bytes: Uint8Array, senders = createKeyBundleCache()) =>
  openMessage(crypto, { conversation, selfAddress: alice.identity.address, bytes, senders })
const sealed = await seal(alice)
const carolSender = await senderOf((await seal(carol)).bytes)

function parts(bytes: Uint8Array) {
  const { version } = decode(Message, bytes, 'Message')
  const ciphertext = version?.value.ciphertext?.union?.value
  if (version?.$case !== 'v2' || ciphertext === undefined) throw new TypeError('not a V2 message')
  return { message: version.value, ciphertext }
}

type Part = 'headerBytes' | 'hkdfSalt' | 'gcmNonce' | 'payload'

function tamper(bytes: Uint8Array, part: Part, at: number, mask: number): Uint8Array {
  const { message, ciphertext } = parts(bytes)
  const cipher = { ...ciphertext }
  const value = {
    ...message,
    ciphertext: { union: { $case: 'aes256GcmHkdfSha256' as const, value: cipher } },
  }
  if (part === 'headerBytes') value.headerBytes = flipped(message.headerBytes, at, mask)
  else cipher[part] = flipped(ciphertext[part], at, mask)
  return encode(Message, { version: { $case: 'v2', value } })
}

async function senderOf(bytes: Uint8Array) {
  const { headerBytes, ciphertext } = parts(bytes).message
  const context = { secret: conversation.keyMaterial, additionalData: headerBytes }
  const plaintext = await decrypt(crypto, ciphertext, context)
  const { sender } = decode(SignedContent, plaintext, 'SignedContent')
  if (sender === undefined) throw new TypeError('no sender')
  return decode(SignedPublicKeyBundle, sender, 'SignedPublicKeyBundle')
}

/** Seals again, under the conversation's key, what a holder of that key made of the signed content. */
async function resign(bytes: Uint8Array, change: (signed: Uint8Array) => Uint8Array) {
  const { message } = parts(bytes)
  const context = { secret: conversation.keyMaterial, additionalData: message.headerBytes }
  const plaintext = await decrypt(crypto, message.ciphertext, context)
  const value = { ...message, ciphertext: await encrypt(crypto, change(plaintext), context) }
  return encode(Message, { version: { $case: 'v2', value } })
}

test('a message opens as what was sealed, with its sender proven', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (given) => {
      const { id, bytes, sentNs, topic } = await seal(bob, given)
      expect(await open(bytes)).toEqual({
        version: 'v2',
        id,
        sealedId: expect.stringMatching(/^[0-9a-f]{64}$/),
        senderAddress: bob.identity.address,
        sentNs,
        topic,
        content: given,
        isFromStranger: false,
      })
    }),
    { numRuns: 30 },
  )
})

test('copies that differ in what nothing vouches for have one sealed id, other messages another', async () => {
  const { bytes } = await seal(bob, Uint8Array.of(1))
  const { message } = parts(bytes)
  const copy = { ...message, senderHmac: new Uint8Array(32), shouldPush: !message.shouldPush }
  const copied = await open(encode(Message, { version: { $case: 'v2', value: copy } }))
  const [original, again] = [
    await open(bytes),
    await open((await seal(bob, Uint8Array.of(1))).bytes),
  ]
  expect(copied.id).not.toBe(original.id)
  expect(copied.sealedId).toBe(original.sealedId)
  expect(again.sealedId).not.toBe(original.sealedId)
})

test('a message with any byte of header, salt, nonce or ciphertext changed is refused', async () => {
  const part = fc.constantFrom<Part[]>('headerBytes', 'hkdfSalt', 'gcmNonce', 'payload')
  await fc.assert(
    fc.asyncProperty(part, fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, mask) => {
      expect(await orRefused(() => open(tamper(sealed.bytes, name, at, mask)))).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})

test('no holder of the key can change a byte and still speak as the sender', async () => {
  const senders = createKeyBundleCache()
  await open(sealed.bytes, senders)
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const bytes = await resign(sealed.bytes, (signed) => flipped(signed, at, mask))
      const opened = await orRefused(() => open(bytes, senders))
      if (opened?.senderAddress === alice.identity.address) expect(opened.content).toEqual(content)
      else if (opened !== undefined) expect(opened.isFromStranger).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test.each([
  [
    'the signature is over other content',
    (signed: SignedContent) => ({ ...signed, payload: toUtf8('hellO') }),
    'message/bad-signature',
  ],
  [
    'the signature is missing',
    (signed: SignedContent) => ({ ...signed, signature: undefined }),
    'identity/malformed-signature',
  ],
  [
    'the sender is missing',
    (signed: SignedContent) => ({ ...signed, sender: undefined }),
    'message/no-sender',
  ],
  [
    'the pre-key is signed by another identity',
    (signed: SignedContent) => ({
      ...signed,
      sender: encode(SignedPublicKeyBundle, {
        ...decode(
          SignedPublicKeyBundle,
          signed.sender ?? new Uint8Array(),
          'SignedPublicKeyBundle',
        ),
        identityKey: carolSender.identityKey,
      }),
    }),
    'identity/pre-key-not-signed',
  ],
  [
    'the bundle is that of somebody else',
    (signed: SignedContent) => ({
      ...signed,
      sender: encode(SignedPublicKeyBundle, carolSender),
    }),
    'message/bad-signature',
  ],
] as const)('a message is refused when %s', async (_, change, code) => {
  const bytes = await resign(sealed.bytes, (signed) =>
    encode(SignedContent, change(decode(SignedContent, signed, 'SignedContent'))),
  )
  const senders = createKeyBundleCache()
  await expect(open(bytes, senders)).rejects.toEqual(withCode(code))
  expect(senders.senders.size).toBe(0)
})

test('a message of another conversation is refused', async () => {
  const other = { ...conversation, topic: '/xmtp/0/m-00/proto' }
  const { bytes } = await sealMessage(crypto, {
    identity: alice.identity,
    conversation: other,
    content,
    shouldPush: true,
    sentNs: nowNs,
  })
  await expect(open(bytes)).rejects.toEqual(withCode('message/topic-mismatch'))
})

test('a message under another key is refused', async () => {
  const keyMaterial = new Uint8Array(32).fill(9)
  const input = { selfAddress: '', bytes: sealed.bytes }
  const opened = openMessage(crypto, { ...input, conversation: { ...conversation, keyMaterial } })
  await expect(opened).rejects.toEqual(withCode('crypto/decrypt-failed'))
})

test('a sender who is neither party is flagged under their own address', async () => {
  const { bytes } = await seal(carol)
  expect(await open(bytes)).toMatchObject({
    senderAddress: carol.identity.address,
    isFromStranger: true,
  })
})

test('a sender is verified once and recalled after that', async () => {
  const senders = createKeyBundleCache()
  const first = await open(sealed.bytes, senders)
  let recovered = 0
  const counting = {
    ...crypto,
    curve: {
      ...crypto.curve,
      recover: (...given: Parameters<typeof crypto.curve.recover>) => {
        recovered++
        return crypto.curve.recover(...given)
      },
    },
  }
  const { bytes } = await seal(alice)
  const input = { conversation, selfAddress: alice.identity.address, bytes }
  const again = await openMessage(counting, { ...input, senders })
  expect(again.senderAddress).toBe(first.senderAddress)
  expect(recovered).toBe(0)
  await openMessage(counting, input)
  expect(recovered).toBe(1)
})

test('the cache forgets the longest unused sender', async () => {
  const senders = createKeyBundleCache(2)
  const [a, b, c] = await Promise.all(
    [alice, bob, carol].map(async (who) => (await seal(who)).bytes),
  )
  for (const bytes of [a, b, a, c]) if (bytes !== undefined) await open(bytes, senders)
  const known = [...senders.senders.values()].map(({ address }) => address)
  expect(known).toEqual([alice.identity.address, carol.identity.address])
})

test('the sender HMAC is of the clock at sending, not of the message time', async () => {
  const { identity } = alice
  const later = nowNs + 40n * 86_400n * 1_000_000_000n
  const input = { identity, conversation, content, shouldPush: false, sentNs: nowNs, nowNs: later }
  const { message } = parts((await sealMessage(crypto, input)).bytes)
  const period = hmacPeriod(Number(later / 1_000_000n))
  const { keyMaterial } = conversation
  const key = hmacKey(crypto, { keyMaterial, address: identity.address }, period)
  expect(message.senderHmac).toEqual(crypto.hash.hmacSha256(key, message.headerBytes))
  expect(message.shouldPush).toBe(false)
})

test('sealing and opening leave what they are given as it was', async () => {
  const { identity } = alice
  const input = { identity, conversation, content, shouldPush: true, sentNs: nowNs }
  const { bytes } = await withoutMutation(input, (given) => sealMessage(crypto, given))
  await withoutMutation({ conversation, selfAddress: '', bytes }, (given) =>
    openMessage(crypto, given),
  )
})
