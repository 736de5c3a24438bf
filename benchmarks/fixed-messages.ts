// Messages of one size, encoded as the API has them.

import {
  Envelope,
  encode,
  PublishRequest,
  QueryRequest,
  QueryResponse,
  SortDirection,
  SubscribeRequest,
} from '../packages/wire/src/index.ts'

/** What a server under test reads of a publish. */
export type DecodedRequest = PublishRequest

/** Rows of a page, and bytes of each message. */
export const pageRows = 100
export const messageBytes = 1024

const firstNs = 1_700_000_000_000_000_000n

/** The envelope of that number; all have the same encoded length. */
export function envelopeOf(contentTopic: string, index: number): Envelope {
  const message = new Uint8Array(messageBytes)
  new DataView(message.buffer).setUint32(0, index)
  return { contentTopic, timestampNs: firstNs + BigInt(index), message }
}

/** Bytes of an envelope. */
export function envelopeBytes(envelope: Envelope): Uint8Array {
  return encode(Envelope, envelope)
}

/** A frame with a publish of envelopes. */
export function publishFrame(envelopes: readonly Envelope[]): Buffer {
  return frameOf(encode(PublishRequest, { envelopes: [...envelopes] }))
}

/** A frame with a subscription to one topic. */
export function subscribeFrame(contentTopic: string): Buffer {
  return frameOf(encode(SubscribeRequest, { contentTopics: [contentTopic], resume: undefined }))
}

/** A frame with a query for a full page of one topic. */
export function queryFrame(contentTopic: string): Buffer {
  const pagingInfo = {
    limit: pageRows,
    cursor: undefined,
    direction: SortDirection.SORT_DIRECTION_DESCENDING,
  }
  const request = { contentTopics: [contentTopic], startTimeNs: 0n, endTimeNs: 0n, pagingInfo }
  return frameOf(encode(QueryRequest, request))
}

/** A page as a node answers it, without its cursor. */
export function pageBytes(): Uint8Array {
  const envelopes = Array.from({ length: pageRows }, (_, i) => envelopeOf('/xmtp/0/m-0/proto', i))
  return encode(QueryResponse, { envelopes, pagingInfo: undefined })
}

function frameOf(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + body.length)
  frame.writeUInt32BE(body.length, 1)
  frame.set(body, 5)
  return frame
}
