// A page in its binary form. Pages are the largest answers that a node gives often, so that their length is counted
// first and each byte is written once, where it stays.

import { encode, QueryResponse } from '@posthorn/wire'
import { allocateMessage } from '../../grpc/frame.ts'

const tagBytes = 1
const topicTag = 0x0a
const timeTag = 0x10
const messageTag = 0x1a
const envelopeTag = 0x0a

type Page = Pick<QueryResponse, 'envelopes' | 'pagingInfo'>
type Envelope = Page['envelopes'][number]

/** As the generated code writes it. */
export function encodePage({ envelopes, pagingInfo }: Page): Uint8Array {
  const paging = encode(QueryResponse, { envelopes: [], pagingInfo })
  const topics = new Map<string, Buffer>()
  const lengths = envelopes.map((envelope) => envelopeLength(envelope, topicOf(envelope, topics)))
  const total = lengths.reduce((sum, length) => sum + fieldLength(length), paging.length)
  const bytes = allocateMessage(total)
  let at = 0
  for (const [i, envelope] of envelopes.entries()) {
    at = writeHead(bytes, at, { tag: envelopeTag, length: lengths[i] ?? 0 })
    at = writeEnvelope(bytes, at, { envelope, topic: topicOf(envelope, topics) })
  }
  bytes.set(paging, at)
  return bytes
}

// Most pages are of few topics.
function topicOf({ contentTopic }: Envelope, topics: Map<string, Buffer>): Buffer {
  const known = topics.get(contentTopic)
  if (known !== undefined) return known
  const topic = Buffer.from(contentTopic)
  topics.set(contentTopic, topic)
  return topic
}

function envelopeLength({ timestampNs, message }: Envelope, topic: Buffer): number {
  const time = timestampNs === 0n ? 0 : tagBytes + longLength(timestampNs)
  const fieldOf = ({ length }: Uint8Array) => (length === 0 ? 0 : fieldLength(length))
  return fieldOf(topic) + time + fieldOf(message)
}

type EnvelopeParts = { readonly envelope: Envelope; readonly topic: Buffer }

function writeEnvelope(bytes: Buffer, start: number, { envelope, topic }: EnvelopeParts): number {
  const { timestampNs, message } = envelope
  let at = writeField(bytes, start, { tag: topicTag, value: topic })
  if (timestampNs !== 0n) {
    bytes[at] = timeTag
    at = writeLong(bytes, at + tagBytes, timestampNs)
  }
  return writeField(bytes, at, { tag: messageTag, value: message })
}

type Field = { readonly tag: number; readonly value: Uint8Array }

function writeField(bytes: Buffer, start: number, { tag, value }: Field): number {
  if (value.length === 0) return start
  const at = writeHead(bytes, start, { tag, length: value.length })
  bytes.set(value, at)
  return at + value.length
}

type Head = { readonly tag: number; readonly length: number }

function writeHead(bytes: Buffer, start: number, { tag, length }: Head): number {
  bytes[start] = tag
  let at = start + tagBytes
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
  bytes[at++] = rest
  return at
}

// Times have up to 64 bits: the low 28 are written as a number, then the others.
const lowBits = 28n
const lowMask = 0xfff_ffffn

function writeLong(bytes: Buffer, start: number, value: bigint): number {
  let at = start
  let rest = value
  for (; rest > lowMask; rest >>= lowBits) {
    let low = Number(rest & lowMask)
    for (let i = 0; i < 4; i++, low >>>= 7) bytes[at++] = (low & 0x7f) | 0x80
  }
  let last = Number(rest)
  for (; last > 0x7f; last >>>= 7) bytes[at++] = (last & 0x7f) | 0x80
  bytes[at++] = last
  return at
}

function longLength(value: bigint): number {
  let length = 0
  let rest = value
  for (; rest > lowMask; rest >>= lowBits) length += 4
  return length + varintLength(Number(rest))
}

function fieldLength(length: number): number {
  return tagBytes + varintLength(length) + length
}

function varintLength(value: number): number {
  let length = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++
  return length
}
