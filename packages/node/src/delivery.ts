// One envelope on its way to many streams: each wire form is made once, on first use, and every stream is
// handed the same bytes.

import type { Envelope } from '@posthorn/envelope'
import { encode, NumberedEnvelope, Envelope as WireEnvelope } from '@posthorn/wire'
import type { StreamMessage } from './api/method.ts'
import { frame } from './grpc/frame.ts'
import { envelopeJson, numberedEnvelopeJson } from './json/envelope-json.ts'

/** An envelope to deliver, with its wire forms. */
export type Delivery = StreamMessage & {
  readonly topic: string
  /** Its place in the store; undefined for what is not stored. */
  readonly sequence: number | undefined
  /** About what it holds of memory while it waits, for the bounds of buffers. */
  readonly costBytes: number
  /** The form for streams that asked for sequences. */
  readonly numbered: StreamMessage
}

// Objects around the bytes: even an empty message costs memory, so that none is too small to count.
const overheadBytes = 256

/** Wraps an envelope for delivery. */
export function deliveryOf(envelope: Envelope, sequence: number | undefined): Delivery {
  return {
    topic: envelope.contentTopic,
    sequence,
    costBytes: overheadBytes + envelope.contentTopic.length + envelope.message.length,
    ...messageOf(
      () => encode(WireEnvelope, envelope),
      () => envelopeJson(envelope),
    ),
    numbered: numberedMessage({ ...envelope, sequence: BigInt(sequence ?? 0), logId: '' }),
  }
}

/** Tells a stream that everything of its topics up to a sequence of this log has been sent. */
export function markOf(logId: string, sequence: number): StreamMessage {
  const message = new Uint8Array(0)
  const mark = { contentTopic: '', timestampNs: 0n, message, sequence: BigInt(sequence), logId }
  return numberedMessage(mark)
}

function numberedMessage(envelope: NumberedEnvelope): StreamMessage {
  return messageOf(
    () => encode(NumberedEnvelope, envelope),
    () => numberedEnvelopeJson(envelope),
  )
}

function messageOf(proto: () => Uint8Array, json: () => string): StreamMessage {
  let grpcFrame: Buffer | undefined
  let jsonLine: Buffer | undefined
  return {
    grpcFrame: () => {
      grpcFrame ??= frame(proto())
      return grpcFrame
    },
    jsonLine: () => {
      jsonLine ??= Buffer.from(`{"result":${json()}}\n`)
      return jsonLine
    },
  }
}
