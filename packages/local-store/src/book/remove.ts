// Forgetting on purpose.

import { under } from '../cells/cell-keys.ts'
import type { StoredMessage } from './message-facts.ts'
import { findStored, removeMessage } from './put-message.ts'
import { getConversation, saveConversation } from './save-conversation.ts'
import type { Writing } from './writing.ts'

/** Takes messages out; unknown ids are passed over. */
export async function removeMessages(writing: Writing, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const stored = await findStored(writing, id)
    if (stored !== undefined) await removeMessage(writing, stored)
  }
}

/** Takes a conversation out, with all that belongs to it. */
export async function removeConversation(writing: Writing, topic: string): Promise<void> {
  const { transaction, keys } = writing
  // First, so that nothing is derived anew for each message that goes.
  await saveConversation(writing, await getConversation(writing, topic), undefined)
  for await (const { record } of transaction.scan<StoredMessage>(under(keys.messagesOf(topic)))) {
    await removeMessage(writing, record)
  }
  transaction.delete(keys.named('draft', topic))
  transaction.delete(keys.named('readMark', topic))
}
