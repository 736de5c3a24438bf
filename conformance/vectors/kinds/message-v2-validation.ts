// message_v2_validation: topic, key and message -> whether it is accepted, and whose it is.

import { decodeContent } from '@posthorn/content'
import { createKeyBundleCache, openMessage } from '@posthorn/protocol-v2'
import type { Checker } from '../checker.ts'
import { registry } from '../content-codecs.ts'
import { bytesField, textField } from '../fields.ts'
import { toJson } from '../json-value.ts'
import { refusedAsNull } from '../refused.ts'

/** Checks which messages are accepted, once as from a new sender and once as from a known one. */
export const messageV2Validation: Checker = {
  informative: ['reason'],
  async compute({ crypto, input }) {
    const senders = createKeyBundleCache()
    const open = () =>
      openMessage(crypto, {
        conversation: {
          topic: textField(input, 'topic'),
          keyMaterial: bytesField(input, 'key_material'),
          peerAddress: '',
        },
        selfAddress: '',
        bytes: bytesField(input, 'message'),
        senders,
      })
    const first = await refusedAsNull(open)
    const second = await refusedAsNull(open)
    if (first === null || second?.senderAddress !== first.senderAddress) return { accepted: false }
    const incoming = await decodeContent(registry, second.content)
    return {
      accepted: true,
      sender_address: second.senderAddress,
      content: incoming.kind === 'decoded' ? toJson(incoming.content) : undefined,
    }
  },
}
