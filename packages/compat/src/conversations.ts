// The conversations of an account.

import type { Conversation as Face, Message } from '@posthorn/client'
import type { Anything } from './anything.ts'
import type { OnConnectionLostCallback } from './api-client.ts'
import type { ClientFace } from './client-face.ts'
import { type ConsentProofPayload, proofOf } from './consent-proof.ts'
import type { Conversation, InvitationContext } from './conversation.ts'
import { ConversationV1 } from './conversation-v1.ts'
import { ConversationV2 } from './conversation-v2.ts'
import type { DecodedMessage } from './decoded-message.ts'
import { makerOf, partsOf } from './parts.ts'
import { addressOf } from './portable-crypto.ts'
import { Stream, streamOptionsOf } from './stream.ts'

/** The conversations of an account. */
export class Conversations<ContentTypes = Anything> {
  readonly #client: ClientFace<ContentTypes>
  #listed: readonly Face[] = []

  constructor(client: ClientFace<ContentTypes>) {
    this.#client = client
  }

  /** All of them, oldest first. */
  async list(): Promise<Conversation<ContentTypes>[]> {
    this.#listed = await partsOf(this.#client).inner.conversations()
    return this.#listed.map((face) => this.#of(face))
  }

  /** What the last `list` gave, and what was begun since, without asking the network. */
  async listFromCache(): Promise<Conversation<ContentTypes>[]> {
    return this.#listed.map((face) => this.#of(face))
  }

  /** All V2 conversations; all of them, whatever the time given. */
  async updateV2Conversations(_startTime?: Date): Promise<ConversationV2<ContentTypes>[]> {
    const all = await this.list()
    return all.filter((conversation) => conversation instanceof ConversationV2)
  }

  /**
   * The conversation with a peer; begins it unless there is one.
   *
   * @throws NotFoundError `contact/not-registered`; UsageError `conversation/self`; ValidationError
   * `identity/bad-address`
   */
  async newConversation(
    peerAddress: string,
    context?: InvitationContext,
    consentProof?: ConsentProofPayload,
  ): Promise<Conversation<ContentTypes>> {
    const face = await partsOf(this.#client).inner.newConversation(addressOf(peerAddress), {
      ...context,
      consentProof: consentProof && proofOf(consentProof),
    })
    const isListed = this.#listed.some(({ topic }) => topic === face.topic)
    if (!isListed && face.version === 'v2') this.#listed = [...this.#listed, face]
    return this.#of(face)
  }

  /** Conversations that begin from now on. */
  async stream(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<Conversation<ContentTypes>, ContentTypes>> {
    const options = streamOptionsOf(onConnectionLost)
    const source = await partsOf(this.#client).inner.streamConversations(options)
    return new Stream(this.#client, source, (face: Face) => this.#of(face))
  }

  /** Messages from now on, of all conversations there are and will be. */
  async streamAllMessages(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<DecodedMessage<ContentTypes>, ContentTypes>> {
    const options = streamOptionsOf(onConnectionLost)
    const source = await partsOf(this.#client).inner.streamAllMessages(options)
    return new Stream(this.#client, source, (message: Message) => {
      const conversation = this.#of(message.conversation)
      const isOfUs =
        conversation instanceof ConversationV1 || conversation instanceof ConversationV2
      return isOfUs ? conversation.readable(message) : undefined
    })
  }

  #of(face: Face): Conversation<ContentTypes> {
    return makerOf(this.#client).of(face)
  }
}
