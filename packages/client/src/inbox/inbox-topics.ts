// The topics of an account besides its conversations.

import type { Keystore } from '@posthorn/protocol-v2'
import { inboxTopicsOf } from '../conversation-book.ts'
import { readMarkTopic } from './read-mark-log.ts'

/** Topics that tell of conversations, decisions and read marks. */
export type InboxTopics = {
  readonly beginnings: readonly string[]
  readonly decisions: string
  readonly readMarks: string
  readonly all: readonly string[]
}

/** The topics of a keystore's account. */
export async function inboxTopics(keystore: Keystore): Promise<InboxTopics> {
  const beginnings = inboxTopicsOf(keystore.address)
  const decisions = await keystore.consentTopic()
  const readMarks = await readMarkTopic(keystore)
  return { beginnings, decisions, readMarks, all: [...beginnings, decisions, readMarks] }
}
