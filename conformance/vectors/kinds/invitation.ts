// invitation: two parties, a time and a context -> topic, key and the whole sealed invitation.

import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { CodecError } from '@posthorn/errors'
import { type ConsentProof, publicKeyBundleOf } from '@posthorn/identity'
import {
  type ConversationContext,
  createInvitation,
  encodeInvitation,
  type OpenedInvitation,
  openInvitation,
  sealInvitation,
} from '@posthorn/protocol-v2'
import { decode, SealedInvitation, type SealedInvitationV1 } from '@posthorn/wire'
import type { Checker, Facts } from '../checker.ts'
import { partsFacts, partsOf } from '../ciphertext-parts.ts'
import {
  bytesField,
  type Fields,
  integerField,
  isAbsent,
  objectField,
  optionalObjectField,
  optionalTextField,
  textField,
} from '../fields.ts'
import { type Party, readParty } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

type InvitationCase = {
  readonly crypto: Crypto
  readonly sender: Party
  readonly recipient: Party
  readonly createdNs: bigint
  readonly bytes: Uint8Array
  readonly wire: SealedInvitationV1
}

/** Checks invitations: created or sealed again, and opened by both parties. */
export const invitation: Checker = {
  async compute({ crypto, input }) {
    const bytes = bytesField(input, 'sealed_invitation')
    const check: InvitationCase = {
      crypto,
      sender: readParty(crypto, objectField(input, 'sender')),
      recipient: readParty(crypto, objectField(input, 'recipient')),
      createdNs: integerField(input, 'created_ns'),
      bytes,
      wire: wireOf(bytes),
    }
    const atSender = await open(check, check.sender)
    const atRecipient = await open(check, check.recipient)
    const { conversation } = atRecipient
    const isRandom = input['random_topic'] === true
    if (atRecipient.isDerived === isRandom || atSender.isDerived === isRandom) throw misjudged()
    return {
      topic: conversation.topic,
      key_material: toHex(conversation.keyMaterial),
      header_bytes: toHex(check.wire.headerBytes),
      ciphertext: partsFacts(check.wire.ciphertext),
      invitation_v1: toHex(encodeInvitation(conversation)),
      peer_address_for_recipient: conversation.peerAddress,
      peer_address_for_sender: atSender.conversation.peerAddress,
      ...(isRandom ? await sealAgain(check, atSender) : await createAgain(check, input)),
    }
  },
}

async function open(check: InvitationCase, party: Party): Promise<OpenedInvitation> {
  const identity = { address: party.address, keys: party.bundle }
  const { bytes, createdNs: timestampNs } = check
  return await openInvitation(check.crypto, { identity, bytes, timestampNs })
}

async function createAgain(check: InvitationCase, input: Fields): Promise<Facts> {
  const { sender, recipient, createdNs, bytes } = check
  const created = await createInvitation(scripted(check), {
    identity: { address: sender.address, keys: sender.bundle },
    recipient: publicKeyBundleOf(recipient.bundle),
    createdNs,
    context: contextOf(input),
    consentProof: proofOf(input),
  })
  requireReproduced('sealed invitation', created.bytes, bytes)
  return { publish_topics: created.topics }
}

// Topics of old clients were random, so only the sealing can be done again.
async function sealAgain(check: InvitationCase, opened: OpenedInvitation): Promise<Facts> {
  const { sender, recipient, createdNs, bytes } = check
  const sealed = await sealInvitation(scripted(check), {
    identity: { address: sender.address, keys: sender.bundle },
    recipient: publicKeyBundleOf(recipient.bundle),
    createdNs,
    invitation: opened.conversation,
  })
  requireReproduced('sealed invitation', sealed, bytes)
  return {}
}

function scripted({ crypto, wire }: InvitationCase): Crypto {
  const { salt, nonce } = partsOf(wire.ciphertext)
  return withRandomness(crypto, [salt, nonce])
}

function contextOf(input: Fields): ConversationContext | undefined {
  if (isAbsent(input, 'conversation_id') && isAbsent(input, 'metadata')) return undefined
  const metadata = optionalObjectField(input, 'metadata') ?? {}
  const names = Object.keys(metadata)
  return {
    conversationId: optionalTextField(input, 'conversation_id') ?? '',
    metadata: Object.fromEntries(names.map((name) => [name, textField(metadata, name)])),
  }
}

function proofOf(input: Fields): ConsentProof | undefined {
  const proof = optionalObjectField(input, 'consent_proof')
  if (proof === undefined) return undefined
  return {
    signature: textField(proof, 'signature'),
    timestampMs: integerField(proof, 'timestamp_ms'),
  }
}

function wireOf(bytes: Uint8Array): SealedInvitationV1 {
  const { version } = decode(SealedInvitation, bytes, 'SealedInvitation')
  if (version !== undefined) return version.value
  throw new CodecError('vectors/bad-field', 'Read field sealed_invitation: wanted version 1')
}

function misjudged(): CodecError {
  return new CodecError(
    'vectors/misjudged',
    'Open invitation: wanted a random topic to be told from a derived one',
  )
}
