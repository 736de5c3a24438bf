// The reading half of an inbox: pages of the store, decoded as they are looked at.

import type { LocalStore } from '@posthorn/local-store'
import type { ContentReader } from './content-facts.ts'
import type { Inbox } from './inbox.ts'
import { inboxMessageOf, inboxMessagesOf } from './inbox-message.ts'
import { inboxConversationOf } from './local-conversation.ts'

/** Methods that only read. */
export type InboxReads = Pick<
  Inbox,
  | 'conversations'
  | 'conversation'
  | 'messages'
  | 'message'
  | 'about'
  | 'search'
  | 'totals'
  | 'changes'
>

const defaultLimit = 50

/** The reads of an inbox on a store. */
export function inboxReads(store: LocalStore, reader: ContentReader): InboxReads {
  return {
    conversations: async ({ limit = defaultLimit, ...query } = {}) => {
      const page = await store.conversations({ limit, ...query })
      return { ...page, items: page.items.map(inboxConversationOf) }
    },
    conversation: async (topic) => {
      const record = await store.conversation(topic)
      return record && inboxConversationOf(record)
    },
    messages: async ({ limit = defaultLimit, direction = 'descending', ...query }) =>
      inboxMessagesOf(reader, await store.messages({ limit, direction, ...query })),
    message: async (id) => {
      const record = await store.message(id)
      return record && inboxMessageOf(reader, record)
    },
    about: async (id, { limit = defaultLimit, after } = {}) =>
      inboxMessagesOf(reader, await store.messagesAbout({ about: id, limit, after })),
    search: async (query) => inboxMessagesOf(reader, await store.search(query)),
    totals: store.totals,
    changes: store.changes,
  }
}
