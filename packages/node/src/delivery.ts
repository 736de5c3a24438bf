// One live envelope on its way to many streams: each wire form is made once, on first use, and every
// stream is handed the same bytes.

import type { Envelope } from '@posthorn/envelope'
import { encode, Envelope as WireEnvelope } from '@posthorn/wire'
import type { StreamMessage } from './api/method.ts'
import { frame } from './grpc/frame.ts'
import { envelopeJson } from './json/envelope-json.ts'

/** An envelope to deliver, with its wire forms. */
export type Delivery = StreamMessage & {
  readonly topic: string
  /** About what it holds of memory while it waits, for the bounds of buffers. */
  readonly costBytes: number
}

// Objects around the bytes: even an empty message costs memory, so that none is too small to count.
const overheadBytes = 256

/** Wraps an envelope for delivery. */
export function deliveryOf(envelope: Envelope): Delivery {
  let grpcFrame: Buffer | undefined
  let jsonLine: Buffer | undefined
  return {
    topic: envelope.contentTopic,
    costBytes: overheadBytes + envelope.contentTopic.length + envelope.message.length,
    grpcFrame: () => {
      grpcFrame ??= frame(encode(WireEnvelope, envelope))
      return grpcFrame
    },
    jsonLine: () => {
      jsonLine ??= Buffer.from(`{"result":${envelopeJson(envelope)}}\n`)
      return jsonLine
    },
  }
}
