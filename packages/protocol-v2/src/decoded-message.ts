// Opened messages as bytes, for an application's own storage.

import { CodecError } from '@posthorn/errors'
import { decode, encode, DecodedMessage as Wire } from '@posthorn/wire'
import { type ConversationReference, referenceFromWire, referenceToWire } from './conversation.ts'

/** An opened message with the conversation that it belongs to. */
export type DecodedMessage = {
  /** Hex SHA-256 of the message's bytes. */
  readonly id: string
  readonly version: 'v1' | 'v2'
  readonly senderAddress: string
  readonly recipientAddress?: string | undefined
  readonly sentNs: bigint
  /** Topic that it was found on. */
  readonly topic: string
  readonly conversation: ConversationReference
  /** Encoded content. */
  readonly content: Uint8Array
}

/** The bytes of an opened message, as published clients write them too. Not encrypted. */
export function encodeDecodedMessage(message: DecodedMessage): Uint8Array {
  return encode(Wire, {
    id: message.id,
    messageVersion: message.version,
    senderAddress: message.senderAddress,
    recipientAddress: message.recipientAddress,
    sentNs: message.sentNs,
    contentTopic: message.topic,
    conversation: referenceToWire(message.conversation),
    contentBytes: message.content,
  })
}

/**
 * An opened message of its bytes.
 *
 * @throws CodecError `message/malformed-record`, `wire/malformed`
 */
export function decodeDecodedMessage(bytes: Uint8Array): DecodedMessage {
  const wire = decode(Wire, bytes, 'DecodedMessage')
  const { messageVersion: version, conversation, recipientAddress } = wire
  if (conversation === undefined || (version !== 'v1' && version !== 'v2')) {
    throw new CodecError(
      'message/malformed-record',
      'Read stored message: found no conversation or no version, wanted both',
    )
  }
  return {
    id: wire.id,
    version,
    senderAddress: wire.senderAddress,
    ...(recipientAddress === undefined ? {} : { recipientAddress }),
    sentNs: wire.sentNs,
    topic: wire.contentTopic,
    conversation: referenceFromWire(conversation),
    content: wire.contentBytes,
  }
}
