// message_v1: two parties, a time and content -> the whole message.

import { nsToMs, toHex } from '@posthorn/bytes'
import { decodeContent } from '@posthorn/content'
import { introTopic } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import { publicKeyBundleOf } from '@posthorn/identity'
import { openMessageV1, sealMessageV1 } from '@posthorn/protocol-v2'
import { decode, Message, type MessageV1 } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { partsFacts, partsOf } from '../ciphertext-parts.ts'
import { registry } from '../content-codecs.ts'
import { bytesField, integerField, objectField } from '../fields.ts'
import { toJson } from '../json-value.ts'
import { readParty } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

/** Checks V1 messages: sealed again, and opened by both parties. */
export const messageV1: Checker = {
  async compute({ crypto, input }) {
    const sender = readParty(crypto, objectField(input, 'sender'))
    const recipient = readParty(crypto, objectField(input, 'recipient'))
    const bytes = bytesField(input, 'message')
    const content = bytesField(input, 'encoded_content')
    const { headerBytes, ciphertext } = wireOf(bytes)
    const { salt, nonce } = partsOf(ciphertext)
    const sealed = await sealMessageV1(withRandomness(crypto, [salt, nonce]), {
      identity: { address: sender.address, keys: sender.bundle },
      recipient: publicKeyBundleOf(recipient.bundle),
      recipientAddress: recipient.address,
      sentNs: integerField(input, 'timestamp_ms') * 1_000_000n,
      content,
    })
    requireReproduced('message', sealed.bytes, bytes)
    const { topic } = sealed
    const [atSender, opened] = await Promise.all(
      [sender, recipient].map(({ address, bundle: keys }) =>
        openMessageV1(crypto, { identity: { address, keys }, bytes, topic }),
      ),
    )
    if (atSender === undefined || opened === undefined) throw unopened()
    requireReproduced("sender's content", atSender.content, content)
    requireReproduced("recipient's content", opened.content, content)
    const incoming = await decodeContent(registry, opened.content)
    return {
      header_bytes: toHex(headerBytes),
      ciphertext: partsFacts(ciphertext),
      id: opened.id,
      sender_address: opened.senderAddress,
      recipient_address: opened.recipientAddress,
      sent_ms: `${nsToMs(opened.sentNs)}`,
      text: incoming.kind === 'decoded' ? toJson(incoming.content) : undefined,
      topic,
      intro_topics: [introTopic(recipient.address), introTopic(sender.address)],
    }
  },
}

function wireOf(bytes: Uint8Array): MessageV1 {
  const { version } = decode(Message, bytes, 'Message')
  if (version?.$case === 'v1') return version.value
  throw new CodecError('vectors/bad-field', 'Read field message: wanted a V1 message')
}

function unopened(): CodecError {
  return new CodecError('vectors/not-opened', 'Open message: wanted it open at both ends')
}
