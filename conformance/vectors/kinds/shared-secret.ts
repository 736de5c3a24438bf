// shared_secret: two private bundles -> the 195 bytes that both ends agree on.

import { toHex } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'
import type { PrivateKey, PrivateKeyBundle } from '@posthorn/identity'
import { agreeOnSecret } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { type Fields, integerField, objectField } from '../fields.ts'
import { readParty } from '../party.ts'
import { requireReproduced } from '../reproduce.ts'

/** Checks key agreement, from both ends. */
export const sharedSecret: Checker = {
  compute({ crypto, input }) {
    const sender = readParty(crypto, objectField(input, 'sender')).bundle
    const recipient = readParty(crypto, objectField(input, 'recipient')).bundle
    const senderPreKey = preKeyOf(sender, input, 'sender_pre_key_index')
    const recipientPreKey = preKeyOf(recipient, input, 'recipient_pre_key_index')
    const secret = agreeOnSecret(crypto, {
      identityKey: sender.identityKey,
      preKey: senderPreKey,
      peer: { identityKey: recipient.identityKey.public, preKey: recipientPreKey.public },
      role: 'sender',
    })
    const atRecipient = agreeOnSecret(crypto, {
      identityKey: recipient.identityKey,
      preKey: recipientPreKey,
      peer: { identityKey: sender.identityKey.public, preKey: senderPreKey.public },
      role: 'recipient',
    })
    requireReproduced("recipient's secret", atRecipient, secret)
    return { secret: toHex(secret) }
  },
}

function preKeyOf(bundle: PrivateKeyBundle, input: Fields, name: string): PrivateKey {
  const key = bundle.preKeys[Number(integerField(input, name))]
  if (key === undefined) throw new CodecError('vectors/bad-field', `Read ${name}: no such pre-key`)
  return key
}
