// What a node may know of a message.

import { ValidationError } from '@posthorn/errors'
import { maxMessageBytes, maxTimestampNs, maxTopicBytes } from './limits.ts'

/** An encrypted message filed under a topic at a time that its sender chose. */
export type Envelope = {
  readonly contentTopic: string
  /** Nanoseconds since 1970; fits 64 bits, unsigned. */
  readonly timestampNs: bigint
  readonly message: Uint8Array
}

const encoder = new TextEncoder()

/**
 * Checks the two size rules of the network.
 *
 * @throws ValidationError `envelope/bad-topic`, `envelope/topic-too-long`, `envelope/message-too-big`, `envelope/bad-timestamp`
 */
export function checkEnvelope(envelope: Envelope): void {
  if (!envelope.contentTopic.isWellFormed()) {
    throw new ValidationError(
      'envelope/bad-topic',
      'Check envelope: the topic has half a surrogate pair, expected text that UTF-8 can carry',
    )
  }
  const topicBytes = topicLength(envelope.contentTopic)
  if (topicBytes > maxTopicBytes) {
    throw new ValidationError(
      'envelope/topic-too-long',
      `Check envelope: topic length too big: ${topicBytes} bytes, at most ${maxTopicBytes}`,
    )
  }
  if (envelope.message.length > maxMessageBytes) {
    throw new ValidationError(
      'envelope/message-too-big',
      `Check envelope: message too big: ${envelope.message.length} bytes, at most ${maxMessageBytes}`,
    )
  }
  if (envelope.timestampNs < 0n || envelope.timestampNs > maxTimestampNs) {
    throw new ValidationError(
      'envelope/bad-timestamp',
      'Check envelope: timestamp out of range: expected an unsigned 64-bit number of nanoseconds',
    )
  }
}

// A UTF-16 unit is at most 3 bytes of UTF-8, so short topics need no encoding to be measured.
function topicLength(topic: string): number {
  return topic.length * 3 <= maxTopicBytes ? topic.length : encoder.encode(topic).length
}
