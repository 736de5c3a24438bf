// gRPC-Web over fetch, as browsers speak it: trailers are the last frame of the body.

import { fromBase64, fromUtf8, toBase64 } from '@posthorn/bytes'
import type { Answer, Api, Live } from './api.ts'
import { createDeframer, type Frame, frameOf } from './frames.ts'
import { decodeMessage, messageApi } from './grpc-api.ts'
import { authorized } from './json-api.ts'
import { createLive, isKeepAlive, type LiveFeed } from './live.ts'
import {
  readBatch,
  readEnvelope,
  readPage,
  writeBatch,
  writePublish,
  writeQuery,
  writeSubscribe,
} from './messages.ts'

/** How a raw call ended. */
export type WebOutcome = Answer<Uint8Array> & {
  readonly headers: Headers
  readonly hasTrailerFrame: boolean
}

/** How a raw call is made. */
export type WebOptions = {
  readonly authorization?: string | undefined
  readonly isText?: boolean
  readonly timeoutMs: number
}

const trailerFlag = 0x80

/** Sends one message and reads the whole answer. */
export async function callWeb(
  url: string,
  request: Uint8Array,
  { authorization, isText = false, timeoutMs }: WebOptions,
): Promise<WebOutcome> {
  const body = frameOf(request)
  const type = isText ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto'
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': type,
      accept: type,
      'x-grpc-web': '1',
      ...authorized(authorization),
    },
    body: isText ? toBase64(body) : body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const frames = createDeframer()(isText ? textBytes(fromUtf8(bytes)) : bytes)
  const trailers = frames.find(({ flags }) => (flags & trailerFlag) !== 0)
  const reply = frames.find(({ flags }) => (flags & trailerFlag) === 0)?.bytes
  const answer = answerOf(response, trailers)
  return { ...answer, reply, headers: response.headers, hasTrailerFrame: trailers !== undefined }
}

/** A client; every call that is no stream ends after `timeoutMs`. */
export function createGrpcWebApi(url: string, timeoutMs: number): Api {
  const running = new Set<AbortController>()
  const unary = async <T>(
    rpc: string,
    request: Uint8Array,
    options: { read: (bytes: Uint8Array) => T; authorization?: string | undefined },
  ): Promise<Answer<T>> => {
    const { authorization } = options
    const outcome = await callWeb(url + messageApi + rpc, request, { authorization, timeoutMs })
    const { code, message, reply } = outcome
    if (code !== 0) return { code, message }
    return reply === undefined
      ? { code: -1, message: 'an answer without a message' }
      : { code, message, reply: options.read(reply) }
  }
  const open = (rpc: string, request: Uint8Array, deadlineMs?: number): Live => {
    const abort = new AbortController()
    running.add(abort)
    const feed = createLive(() => abort.abort())
    const opening = fetch(url + messageApi + rpc, {
      method: 'POST',
      headers: {
        'content-type': 'application/grpc-web+proto',
        ...(deadlineMs === undefined ? {} : { 'grpc-timeout': `${deadlineMs}m` }),
      },
      body: frameOf(request),
      signal: abort.signal,
    })
    void readStream(feed, opening).then(() => running.delete(abort))
    return feed.live
  }
  return {
    protocol: 'grpc-web',
    publish: (envelopes, authorization) =>
      unary('Publish', writePublish(envelopes), { read: () => ({}), authorization }),
    query: (query, authorization) =>
      unary('Query', writeQuery(query), { read: readPage, authorization }),
    batchQuery: (queries) => unary('BatchQuery', writeBatch(queries), { read: readBatch }),
    subscribe: (topics, { deadlineMs } = {}) =>
      open('Subscribe', writeSubscribe(topics), deadlineMs),
    subscribeAll: () => open('SubscribeAll', new Uint8Array(0)),
    [Symbol.asyncDispose]: async () => {
      for (const abort of running) abort.abort()
    },
  }
}

async function readStream(feed: LiveFeed, opening: Promise<Response>): Promise<void> {
  try {
    const response = await opening
    feed.opened(Object.fromEntries(response.headers))
    const deframe = createDeframer()
    let trailers: Frame | undefined
    for await (const chunk of response.body ?? []) {
      for (const frame of deframe(chunk)) {
        if ((frame.flags & trailerFlag) !== 0) trailers = frame
        else putEnvelope(feed, frame.bytes)
      }
    }
    feed.end(answerOf(response, trailers))
  } catch (error) {
    feed.end({ code: -1, message: String(error) })
  }
}

function putEnvelope(feed: LiveFeed, bytes: Uint8Array): void {
  const envelope = readEnvelope(bytes)
  if (!isKeepAlive(envelope)) feed.put(envelope)
}

function answerOf(response: Response, trailers: Frame | undefined): Answer<undefined> {
  const fields = new Map([...response.headers, ...fieldsOf(trailers)])
  const status = fields.get('grpc-status')
  if (status === undefined) {
    return { code: -1, message: `no grpc-status (HTTP ${response.status})` }
  }
  return { code: Number(status), message: decodeMessage(fields.get('grpc-message') ?? '') }
}

function fieldsOf(trailers: Frame | undefined): readonly [string, string][] {
  if (trailers === undefined) return []
  return fromUtf8(trailers.bytes)
    .split('\r\n')
    .map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
}

// A server may end each piece with padding of its own.
function textBytes(text: string): Uint8Array {
  const pieces = text.match(/[A-Za-z0-9+/]+={0,2}/g) ?? []
  return Uint8Array.from(pieces.flatMap((piece) => [...fromBase64(piece)]))
}
