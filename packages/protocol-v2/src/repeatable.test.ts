import { toHex, toUtf8 } from '@posthorn/bytes'
import { createNobleCrypto } from '@posthorn/crypto'
import { expect, test } from 'vitest'
import { createMemoryKeystore } from './keystore/memory-keystore.ts'
import { createAccount, crypto, nowNs } from './test-support.ts'

const { identity } = await createAccount(1)
const laptop = createMemoryKeystore(crypto, identity.keys)
const phone = createMemoryKeystore(createNobleCrypto(), identity.keys)
const bob = createMemoryKeystore(crypto, (await createAccount(2)).identity.keys)
const content = toUtf8('hello')

async function sealedBy(keystore: typeof laptop, input: { content: Uint8Array; sentNs: bigint }) {
  const invitation = { recipient: bob.keyBundle, createdNs: nowNs, isRepeatable: true }
  const { conversation, bytes } = await keystore.createInvitation(invitation)
  const rest = { ...input, shouldPush: true, isRepeatable: true }
  const v2 = await keystore.sealMessage({ ...rest, conversation })
  const recipient = { recipient: bob.keyBundle, recipientAddress: bob.address }
  const v1 = await keystore.sealMessageV1({ ...rest, ...recipient })
  return { conversation, invitation: bytes, v1: v1.bytes, v2: v2.bytes }
}

test('two clients of one account seal the same thing to the same bytes', async () => {
  const input = { content, sentNs: nowNs }
  const [one, other] = [await sealedBy(laptop, input), await sealedBy(phone, input)]
  expect(other).toEqual(one)
  const opened = await bob.openInvitation({ bytes: one.invitation, timestampNs: nowNs })
  const { conversation } = opened
  expect(await bob.openMessage({ conversation, bytes: one.v2 })).toMatchObject({ content })
  expect(await bob.openMessageV1({ bytes: one.v1 })).toMatchObject({ content })
})

test('another content or time has another salt and nonce', async () => {
  const inputs = [
    { content, sentNs: nowNs },
    { content: toUtf8('hellp'), sentNs: nowNs },
    { content, sentNs: nowNs + 1_000_000n },
  ]
  const salts = new Set<string>()
  for (const input of inputs) {
    const { v1, v2 } = await sealedBy(laptop, input)
    salts.add(saltOf(v1)).add(saltOf(v2))
  }
  expect(salts.size).toBe(6)
})

test('sealing without being asked to repeat never gives the same bytes', async () => {
  const { conversation } = await laptop.createInvitation({
    recipient: bob.keyBundle,
    createdNs: nowNs,
  })
  const input = { conversation, content, shouldPush: true, sentNs: nowNs }
  const first = await laptop.sealMessage(input)
  expect((await laptop.sealMessage(input)).bytes).not.toEqual(first.bytes)
})

// The field before a ciphertext: tag 0x0a and length 32.
function saltOf(bytes: Uint8Array): string {
  const found = /0a20([0-9a-f]{64})120c/.exec(toHex(bytes))
  expect(found).not.toBeNull()
  return found?.[1] ?? ''
}
