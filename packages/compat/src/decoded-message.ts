// Messages as applications see them.

import { dateToNs, nsToDate } from '@posthorn/bytes'
import { decodeDecodedMessage, encodeDecodedMessage } from '@posthorn/protocol-v2'
import type { Anything } from './anything.ts'
import type { ClientFace } from './client-face.ts'
import { proofOf } from './consent-proof.ts'
import type { ContentTypeId } from './content-type-id.ts'
import type { Conversation, DecodedMessageFields } from './conversation.ts'
import { makerOf } from './parts.ts'

/** A message whose sender is proven. */
export class DecodedMessage<ContentTypes = Anything> implements DecodedMessageFields<ContentTypes> {
  /** Hex SHA-256 of the sealed message. */
  id: string
  messageVersion: 'v1' | 'v2'
  senderAddress: string
  /** V1 only. */
  recipientAddress?: string | undefined
  sent: Date
  contentTopic: string
  conversation: Conversation<ContentTypes>
  contentType: ContentTypeId
  /** Undefined when there is no codec for it. */
  content: ContentTypes
  /** Why there is no content. */
  error?: Error | undefined
  contentBytes: Uint8Array
  /** What to show instead. */
  contentFallback?: string | undefined

  constructor(fields: DecodedMessageFields<ContentTypes>) {
    this.id = fields.id
    this.messageVersion = fields.messageVersion
    this.senderAddress = fields.senderAddress
    this.recipientAddress = fields.recipientAddress
    this.sent = fields.sent
    this.contentTopic = fields.contentTopic
    this.conversation = fields.conversation
    this.contentType = fields.contentType
    this.content = fields.content
    this.error = fields.error
    this.contentBytes = fields.contentBytes
    this.contentFallback = fields.contentFallback
  }

  /** The message as bytes, for an application's own storage. Not encrypted. */
  toBytes(): Uint8Array {
    const { topic, peerAddress, createdAt, context, consentProof } = this.conversation
    return encodeDecodedMessage({
      id: this.id,
      version: this.messageVersion,
      senderAddress: this.senderAddress,
      recipientAddress: this.recipientAddress,
      sentNs: dateToNs(this.sent),
      topic: this.contentTopic,
      conversation: {
        topic,
        peerAddress,
        createdNs: dateToNs(createdAt),
        context,
        consentProof: consentProof && proofOf(consentProof),
      },
      content: this.contentBytes,
    })
  }

  /** A message of its bytes. @throws CodecError for bytes that are no message */
  static async fromBytes<ContentTypes>(
    data: Uint8Array,
    client: ClientFace<ContentTypes>,
  ): Promise<DecodedMessage<ContentTypes>> {
    const { id, version, senderAddress, recipientAddress, sentNs, topic, conversation, content } =
      decodeDecodedMessage(data)
    return new DecodedMessage<ContentTypes>({
      id,
      messageVersion: version,
      senderAddress,
      recipientAddress,
      sent: nsToDate(sentNs),
      contentTopic: topic,
      conversation: makerOf(client).restored(conversation, version),
      contentBytes: content,
      ...(await client.decodeContent(content)),
    })
  }
}
