// The face of one conversation: writing to it, reading its history, following it.

import { nsToDate } from '@posthorn/bytes'
import { ephemeralTopic } from '@posthorn/envelope'
import type { Conversation as ConversationData } from '@posthorn/protocol-v2'
import type { ClientContext } from './context.ts'
import type { Conversation, ConversationStreamOptions, Message } from './conversation.ts'
import { createTopicSet, follow } from './follow.ts'
import { type ConversationView, readMessage } from './read-message.ts'
import { readMessagePages, readMessages } from './read-messages.ts'
import { createSeenSet, maxCopyKeys } from './seen-set.ts'
import { type ConversationParts, createSender } from './sender.ts'
import { openStream, type StreamControl } from './stream.ts'

/** Creates the face of a conversation. */
export function createConversation(parts: ConversationParts, data: ConversationData): Conversation {
  const { context } = parts
  const conversation: Conversation = {
    topic: data.topic,
    version: data.version,
    peerAddress: data.peerAddress,
    createdAt: nsToDate(data.createdNs),
    context: data.version === 'v2' ? data.context : undefined,
    consentProof: data.version === 'v2' ? data.consentProof : undefined,
    send: async (content, options = {}) => (await prepare(content, options)).send(options),
    prepare: (content, options) => prepare(content, options),
    messages: (options = {}) => readMessages(context, view, options),
    messagePages: (options = {}) => readMessagePages(context, view, options),
    read: async (envelope) => (await readMessage(context, view, envelope)).message,
    stream: (options = {}) =>
      openStream(arriving(context, view, options), options.signal, context.closing),
  }
  const view: ConversationView = { data, conversation }
  const prepare = createSender(parts, view)

  return conversation
}

function arriving(
  context: ClientContext,
  view: ConversationView,
  options: ConversationStreamOptions,
): (control: StreamControl) => AsyncGenerator<Message, void> {
  const { topic } = view.data
  return async function* ({ signal, onOpen }) {
    const topics = createTopicSet([options.ephemeral ? ephemeralTopic(topic) : topic])
    const copies = createSeenSet(maxCopyKeys)
    for await (const event of follow(context, { ...options, topics, signal })) {
      if (event.kind === 'connected') {
        onOpen()
        continue
      }
      const { message, copyKey } = await readMessage(context, view, event.envelope)
      if (copies.add(copyKey)) yield message
    }
  }
}
