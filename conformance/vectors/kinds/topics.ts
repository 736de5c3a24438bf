// topics: two addresses -> the names of every topic that they take part in.

import {
  contactTopic,
  conversationTopic,
  directMessageTopic,
  ephemeralTopic,
  introTopic,
  inviteTopic,
  privateStoreTopic,
} from '@posthorn/envelope'
import { parseAddress } from '@posthorn/identity'
import type { Checker } from '../checker.ts'
import { textField } from '../fields.ts'

// Conversation topics are named by 32 bytes; the vectors take this one.
const conversationId = 'ab'.repeat(32)

/** Checks topic names. */
export const topics: Checker = {
  compute({ crypto, input }) {
    const address = parseAddress(crypto, textField(input, 'address'))
    const peer = parseAddress(crypto, textField(input, 'peer'))
    const dm = directMessageTopic(address, peer)
    const m = conversationTopic(conversationId)
    return {
      contact: contactTopic(address),
      intro: introTopic(address),
      invite: inviteTopic(address),
      dm,
      dm_ephemeral: ephemeralTopic(dm),
      m,
      m_ephemeral: ephemeralTopic(m),
      private_store: privateStoreTopic(address),
    }
  },
}
