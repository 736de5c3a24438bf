// What the tests of announcements share: many accounts that have joined, and what they have received.

import { type ContentCodec, codecRegistry, decodeContent } from '@posthorn/content'
import type { Crypto } from '@posthorn/crypto'
import { type Envelope, inviteTopic } from '@posthorn/envelope'
import { createLocalSigner, type WalletSigner } from '@posthorn/identity'
import { contactEnvelopes, createKeystore, type Keystore } from '@posthorn/protocol-v2'
import type { Transport } from '@posthorn/transport'
import { readHistory } from '../history.ts'

/** One account of a crowd. */
export type Member = { readonly signer: WalletSigner; readonly keystore: Keystore }

/** What a member finds on the network. */
export type Received = {
  /** Topics of the conversations that it was invited to. */
  readonly topics: readonly string[]
  readonly contents: readonly unknown[]
}

/** Creates accounts; they have not joined. */
export async function createCrowd(crypto: Crypto, count: number): Promise<readonly Member[]> {
  const members: Member[] = []
  for (let n = 0; n < count; n++) {
    const signer = createLocalSigner(crypto, crypto.randomBytes(32))
    members.push({ signer, keystore: await createKeystore(crypto, { signer, nowMs: Date.now() }) })
  }
  return members
}

// As many contacts as a node takes in one publish.
const contactsPerPublish = 10

/** Publishes the contacts of members. */
export async function join(transport: Transport, members: readonly Member[]): Promise<void> {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const envelopes = members.flatMap(({ keystore: { address, keyBundle } }) =>
    contactEnvelopes({ address, keyBundle, nowNs }).slice(-1),
  )
  for (let at = 0; at < envelopes.length; at += contactsPerPublish) {
    await transport.publish(envelopes.slice(at, at + contactsPerPublish))
  }
}

/** Everything that a member can open. */
export async function received(
  transport: Transport,
  { keystore }: Member,
  codecs: readonly ContentCodec[] = [],
): Promise<Received> {
  const registry = codecRegistry(codecs)
  const invitations = await stored(transport, inviteTopic(keystore.address))
  const topics: string[] = []
  const contents: unknown[] = []
  for (const { message: bytes, timestampNs } of invitations) {
    const { conversation } = await keystore.openInvitation({ bytes, timestampNs })
    topics.push(conversation.topic)
    for (const envelope of await stored(transport, conversation.topic)) {
      const opened = await keystore.openMessage({ conversation, bytes: envelope.message })
      const incoming = await decodeContent(registry, opened.content)
      contents.push(incoming.kind === 'decoded' ? incoming.content : incoming.fallback)
    }
  }
  return { topics, contents }
}

async function stored(transport: Transport, topic: string): Promise<readonly Envelope[]> {
  const envelopes: Envelope[] = []
  for await (const envelope of readHistory(transport, { topics: [topic] })) envelopes.push(envelope)
  return envelopes
}
