// The calls of the API over any way that gRPC travels.

import { maxMessageBytes, maxQueryRows } from '@posthorn/envelope'
import { CodecError, type ProtocolError, TransportError } from '@posthorn/errors'
import { type BoundedCall, startCall } from '../deadline.ts'
import { headersOf, type NodeAddress } from '../node-address.ts'
import type { CallOptions, LiveEnvelope, SubscribeOptions, Transport } from '../transport.ts'
import { checkHeaders, checkStatus, trailersIn } from './call-status.ts'
import { frameOf, readFrames } from './frames.ts'
import type { Fields, Link, LinkReply } from './link.ts'
import {
  decodeBatchQuery,
  decodeQueryPage,
  decodeStreamItem,
  encodeBatchQuery,
  encodePublish,
  encodeQuery,
  encodeSubscribe,
} from './proto-codec.ts'

const service = '/xmtp.message_api.v1.MessageApi'
// The rest is room for the topic, the time and the sequence.
const maxItemBytes = maxMessageBytes + 16_384
const maxReplyBytes = maxQueryRows * maxItemBytes
const compressedFlag = 1
const trailerFlag = 0x80

type Call = CallOptions & {
  /** Starts the messages of errors. */
  readonly action: string
  readonly method: string
  readonly request: Uint8Array
  readonly authorization?: string | undefined
}

type Caller = {
  readonly address: NodeAddress
  readonly link: Link
  readonly closing: AbortSignal
}

/** A transport that makes its calls over `link`, which it closes. */
export function transportOverLink(link: Link, address: NodeAddress): Transport {
  const closing = new AbortController()
  const caller: Caller = { address, link, closing: closing.signal }
  return {
    publish: async (envelopes, { signal, authorization } = {}) => {
      const request = encodePublish(envelopes)
      await unary(caller, { action: 'Publish', method: 'Publish', request, authorization, signal })
    },
    query: async (query, { signal } = {}) => {
      const request = encodeQuery(query)
      return decodeQueryPage(
        await unary(caller, { action: 'Query', method: 'Query', request, signal }),
      )
    },
    batchQuery: async (requests, { signal } = {}) => {
      if (requests.length === 0) return []
      const request = encodeBatchQuery(requests)
      const call = { action: 'Batch query', method: 'BatchQuery', request, signal }
      return decodeBatchQuery(await unary(caller, call), requests.length)
    },
    subscribe: (topics, options = {}) => subscribe(caller, topics, options),
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      link[Symbol.dispose]()
    },
  }
}

async function unary(caller: Caller, call: Call): Promise<Uint8Array> {
  const { timeoutMs = 30_000 } = caller.address
  const running = start(caller, call, timeoutMs)
  try {
    const reply = await answered(caller, call, running)
    let only: Uint8Array | undefined
    for await (const message of messagesOf(call, reply, maxReplyBytes)) {
      if (only !== undefined) throw notOne('more than one message')
      only = message
    }
    if (only === undefined) throw notOne('no message')
    return only
  } catch (cause) {
    throw failed(caller, running, cause)
  } finally {
    running.end()
  }
}

async function* subscribe(
  caller: Caller,
  topics: readonly string[],
  { signal, onOpen, onMark, position }: SubscribeOptions,
): AsyncGenerator<LiveEnvelope> {
  const { idleTimeoutMs = 90_000 } = caller.address
  const request = encodeSubscribe(topics, onMark && { position })
  const call = { action: 'Subscribe', method: 'Subscribe', request, signal }
  const running = start(caller, call, idleTimeoutMs)
  try {
    const reply = await answered(caller, call, running)
    running.touch()
    onOpen?.()
    for await (const message of messagesOf(call, reply, maxItemBytes)) {
      running.touch()
      const { envelope, mark } = decodeStreamItem(message)
      if (mark !== undefined) onMark?.(mark)
      if (envelope !== undefined) yield envelope
    }
  } catch (cause) {
    throw failed(caller, running, cause)
  } finally {
    running.end()
  }
}

function start({ address, closing }: Caller, call: Call, timeoutMs: number): BoundedCall {
  const { timers } = address
  return startCall({ action: call.action, signals: [closing, call.signal], timers, timeoutMs })
}

async function answered(
  { address, link }: Caller,
  { action, method, request, authorization }: Call,
  { signal }: BoundedCall,
): Promise<LinkReply> {
  const headers = headersOf(address, authorization)
  const path = `${service}/${method}`
  const reply = await link.call({ path, headers, body: frameOf(request), signal })
  checkHeaders(action, reply)
  return reply
}

// Messages up to a status that is a success. @throws what another status stands for
async function* messagesOf(
  { action }: Call,
  reply: LinkReply,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let trailers: Fields | undefined
  for await (const { flags, message } of readFrames(reply.pieces, maxBytes)) {
    if ((flags & compressedFlag) !== 0) throw notOne('a compressed message, which nobody asked for')
    if (flags === trailerFlag) trailers = trailersIn(message)
    else if (flags === 0) yield message
    else throw notOne(`a frame with flags ${flags}`)
  }
  checkStatus(action, trailers ?? reply.trailers(), reply)
}

function failed({ link }: Caller, running: BoundedCall, cause: unknown): ProtocolError {
  const error = running.errorOf(cause)
  const isOfWay = error instanceof TransportError && error.code !== 'transport/cancelled'
  if (isOfWay) link.retire?.()
  return error
}

function notOne(found: string): CodecError {
  return new CodecError('transport/bad-reply', `Read reply of the node: found ${found}`)
}
