// The entry `@posthorn/client/inbox`: apart from the client, so that whoever does without a store does not load it.

export type {
  BeginOptions,
  Inbox,
  InboxConversation,
  InboxConversationQuery,
  InboxMessage,
  InboxMessageQuery,
  InboxSendOptions,
  InboxState,
  TypingNotice,
} from './inbox/inbox.ts'
export { type OpenInboxOptions, openInbox } from './inbox/open-inbox.ts'
