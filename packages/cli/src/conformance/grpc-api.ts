// gRPC over node:http2, with prior knowledge or TLS.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import type { Answer, Api, Live } from './api.ts'
import { createDeframer, frameOf } from './frames.ts'
import { authorized } from './json-api.ts'
import { createLive, isKeepAlive } from './live.ts'
import {
  readBatch,
  readEnvelope,
  readPage,
  writeBatch,
  writePublish,
  writeQuery,
  writeSubscribe,
} from './messages.ts'

/** Path of a method of the API. */
export const messageApi = '/xmtp.message_api.v1.MessageApi/'

/** How a raw call is made. */
export type CallOptions = {
  readonly headers?: Readonly<Record<string, string>>
  /** False to leave the request open. */
  readonly isEnded?: boolean
  readonly onMessage?: (bytes: Uint8Array) => void
  readonly onHeaders?: (headers: IncomingHttpHeaders) => void
}

/** A raw call. */
export type Call = {
  readonly outcome: Promise<Outcome>
  write(bytes: Uint8Array): void
  end(): void
  cancel(): void
}

/** How a raw call ended. */
export type Outcome = Answer<Uint8Array> & {
  readonly headers: IncomingHttpHeaders
  /** Undefined when the status came with the headers. */
  readonly trailers: IncomingHttpHeaders | undefined
}

/** A client for calls by path, too. */
export type GrpcApi = Api & {
  /** Sends bytes as they are. */
  call(path: string, body: Uint8Array, options?: CallOptions): Call
  /** Opens Subscribe2; each write replaces the topics. */
  subscribe2(): Live & { write(contentTopics: readonly string[]): void; finish(): void }
}

/** Connects at the first call; calls that are not streams end after `timeoutMs`. */
export function createGrpcApi(url: string, timeoutMs: number): GrpcApi {
  let session: ClientHttp2Session | undefined
  const connection = (): ClientHttp2Session => {
    if (session === undefined || session.destroyed || session.closed) {
      session = connect(new URL(url).origin)
      session.on('error', () => {})
    }
    return session
  }
  const call: GrpcApi['call'] = (path, body, options = {}) =>
    startCall(connection(), { ...options, path, body })
  const unary = async <T>(
    rpc: string,
    request: Uint8Array,
    options: { read: (bytes: Uint8Array) => T; authorization?: string | undefined },
  ): Promise<Answer<T>> => {
    const headers = authorized(options.authorization)
    const running = call(messageApi + rpc, frameOf(request), { headers })
    const timer = setTimeout(running.cancel, timeoutMs)
    const { code, message, reply } = await running.outcome
    clearTimeout(timer)
    if (code !== 0) return { code, message }
    return reply === undefined
      ? { code: -1, message: 'an answer without a message' }
      : { code, message, reply: options.read(reply) }
  }
  const open = (rpc: string, request: Uint8Array | undefined, deadlineMs?: number) => {
    let running: Call | undefined
    const feed = createLive(() => running?.cancel())
    running = call(messageApi + rpc, request ? frameOf(request) : new Uint8Array(0), {
      isEnded: request !== undefined,
      headers: deadlineMs === undefined ? {} : { 'grpc-timeout': `${deadlineMs}m` },
      onHeaders: feed.opened,
      onMessage: (bytes) => {
        const envelope = readEnvelope(bytes)
        if (!isKeepAlive(envelope)) feed.put(envelope)
      },
    })
    void running.outcome.then(({ code, message }) => feed.end({ code, message }))
    return { live: feed.live, running }
  }
  return {
    protocol: 'grpc',
    call,
    publish: (envelopes, authorization) =>
      unary('Publish', writePublish(envelopes), { read: () => ({}), authorization }),
    query: (query, authorization) =>
      unary('Query', writeQuery(query), { read: readPage, authorization }),
    batchQuery: (queries) => unary('BatchQuery', writeBatch(queries), { read: readBatch }),
    subscribe: (topics, { deadlineMs } = {}) =>
      open('Subscribe', writeSubscribe(topics), deadlineMs).live,
    subscribeAll: () => open('SubscribeAll', new Uint8Array(0)).live,
    subscribe2: () => {
      const { live, running } = open('Subscribe2', undefined)
      return {
        ...live,
        write: (topics) => running.write(frameOf(writeSubscribe(topics))),
        finish: running.end,
      }
    },
    [Symbol.asyncDispose]: async () => session?.destroy(),
  }
}

function startCall(
  session: ClientHttp2Session,
  options: CallOptions & { readonly path: string; readonly body: Uint8Array },
): Call {
  const stream = session.request({
    ':method': 'POST',
    ':path': options.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...options.headers,
  })
  const deframe = createDeframer()
  let headers: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders | undefined
  let reply: Uint8Array | undefined
  let failure = ''
  stream.on('response', (fields) => {
    headers = fields
    options.onHeaders?.(fields)
  })
  stream.on('trailers', (fields) => {
    trailers = fields
  })
  stream.on('data', (chunk: Uint8Array) => {
    for (const { bytes } of deframe(chunk)) {
      reply ??= bytes
      options.onMessage?.(bytes)
    }
  })
  stream.on('error', (error: Error) => {
    failure = error.message
  })
  const closed = Promise.withResolvers<Outcome>()
  stream.on('close', () => {
    const answer = statusOf({ ...headers, ...trailers }, failure)
    closed.resolve({ ...answer, headers, trailers, reply })
  })
  if (options.body.length > 0) stream.write(options.body)
  if (options.isEnded !== false) stream.end()
  return {
    outcome: closed.promise,
    write: (bytes) => void stream.write(bytes),
    end: () => void stream.end(),
    cancel: () => stream.close(8),
  }
}

function statusOf(fields: IncomingHttpHeaders, failure: string): Answer<undefined> {
  const status = fields['grpc-status']
  if (status === undefined) {
    const found = fields[':status'] === undefined ? failure : `HTTP ${fields[':status']}`
    return { code: -1, message: `no grpc-status (${found || 'connection closed'})` }
  }
  return { code: Number(status), message: decodeMessage(String(fields['grpc-message'] ?? '')) }
}

/** The text of `grpc-message`, which comes percent-encoded. */
export function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
