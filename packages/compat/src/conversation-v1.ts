// Conversations of the first generation: encrypted under the two accounts' keys, found by introductions.

import type { ClientFace } from './client-face.ts'
import type { Conversation } from './conversation.ts'
import { ConversationBase } from './conversation-base.ts'
import { addressOf } from './portable-crypto.ts'
import { buildDirectMessageTopic } from './topics.ts'

/** A V1 conversation. */
export class ConversationV1<ContentTypes>
  extends ConversationBase<ContentTypes>
  implements Conversation<ContentTypes>
{
  readonly conversationVersion = 'v1'
  readonly context: undefined

  /** @throws ValidationError `identity/bad-address` */
  constructor(client: ClientFace<ContentTypes>, address: string, createdAt: Date) {
    const topic = buildDirectMessageTopic(address, client.address)
    super(client, { topic, peerAddress: addressOf(address), createdAt })
  }
}
