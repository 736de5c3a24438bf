// What happens in the conversations of an account, as it happens.

import type { Conversation as ConversationData } from '@posthorn/protocol-v2'
import type { ClientContext } from './context.ts'
import type { Conversation, Message } from './conversation.ts'
import type { ConversationBook } from './conversation-book.ts'
import { createTopicSet, follow, type StreamOptions } from './follow.ts'
import { readMessage } from './read-message.ts'
import { createSeenSet, maxCopyKeys } from './seen-set.ts'
import type { StreamControl } from './stream.ts'

/** What the streams need. */
export type ConversationStreamParts = {
  readonly context: ClientContext
  readonly book: ConversationBook
  readonly faceOf: (data: ConversationData) => Conversation
}

/** Starts a stream's source once it is given its control. */
export type StreamSource<T> = (control: StreamControl) => AsyncGenerator<T, void>

/** Conversations that begin from now on, each one once. */
export function conversationsFromNow(
  { context, book, faceOf }: ConversationStreamParts,
  options: StreamOptions,
): StreamSource<Conversation> {
  return async function* ({ signal, onOpen }) {
    await book.refresh({ signal })
    const known = new Set(book.all().map(({ topic }) => topic))
    const topics = createTopicSet(book.inboxTopics)
    const onConnect = (): Promise<void> => book.refresh({ signal })
    for await (const event of follow(context, { ...options, topics, signal, onConnect })) {
      if (event.kind === 'connected') onOpen()
      else await book.absorb(event.envelope)
      for (const data of book.all()) {
        if (known.has(data.topic)) continue
        known.add(data.topic)
        yield faceOf(data)
      }
    }
  }
}

/** Messages from now on, of all conversations there are and will be. */
export function messagesFromNow(
  { context, book, faceOf }: ConversationStreamParts,
  options: StreamOptions,
): StreamSource<Message> {
  return async function* ({ signal, onOpen }) {
    await book.refresh({ signal })
    const topics = createTopicSet(book.inboxTopics)
    const addTopics = (): void => {
      for (const { topic } of book.all()) topics.add(topic)
    }
    addTopics()
    const copies = createSeenSet(maxCopyKeys)
    const onConnect = async (): Promise<void> => {
      await book.refresh({ signal })
      addTopics()
    }
    for await (const event of follow(context, { ...options, topics, signal, onConnect })) {
      if (event.kind === 'connected') {
        onOpen()
        continue
      }
      const { envelope } = event
      const data = book.get(envelope.contentTopic)
      if (data === undefined) {
        await book.absorb(envelope)
        addTopics()
        continue
      }
      const view = { data, conversation: faceOf(data) }
      const { message, copyKey } = await readMessage(context, view, envelope)
      if (copies.add(copyKey)) yield message
    }
  }
}
