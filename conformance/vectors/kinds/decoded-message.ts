// decoded_message: fields of an opened message -> its bytes in local storage.

import { msToNs, toHex } from '@posthorn/bytes'
import { decodeDecodedMessage, encodeDecodedMessage } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { bytesField, integerField, textField } from '../fields.ts'
import { requireReproduced } from '../reproduce.ts'

/** Checks stored messages in both directions. */
export const decodedMessage: Checker = {
  compute({ input }) {
    const topic = textField(input, 'topic')
    const bytes = encodeDecodedMessage({
      id: textField(input, 'id'),
      version: 'v2',
      senderAddress: textField(input, 'sender_address'),
      sentNs: msToNs(integerField(input, 'sent_ms')),
      topic,
      conversation: {
        topic,
        peerAddress: textField(input, 'peer_address'),
        createdNs: msToNs(integerField(input, 'conversation_created_ms')),
      },
      content: bytesField(input, 'content_bytes'),
    })
    const again = encodeDecodedMessage(decodeDecodedMessage(bytes))
    requireReproduced('stored message', again, bytes)
    return { decoded_message: toHex(bytes) }
  },
}
