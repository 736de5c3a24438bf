// gRPC by hand over node:http2.

import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import {
  BatchQueryRequest,
  BatchQueryResponse,
  Envelope,
  NumberedEnvelope,
  PublishRequest,
  PublishResponse,
  QueryRequest,
  QueryResponse,
  SubscribeRequest,
} from '@posthorn/wire'
import { type ApiClient, type LiveStream, type Outcome, queryOf } from './api-client.ts'
import { createDeframer, frameOf } from './frames.ts'
import { createQueue } from './queue.ts'

const messageApi = '/xmtp.message_api.v1.MessageApi/'

/** A call that runs. */
export type GrpcCall = {
  /** Resolves with the response's headers. */
  readonly headers: Promise<IncomingHttpHeaders>
  write(bytes: Uint8Array): void
  end(): void
  next(): Promise<Buffer | undefined>
  outcome(): Outcome<undefined>
  /** Stops reading from the connection, or goes on. */
  pause(isPaused: boolean): void
  cancel(): void
}

/** Calls by their full paths. */
export type GrpcClient = ApiClient & {
  readonly session: ClientHttp2Session
  open(path: string, headers?: Record<string, string>): GrpcCall
  /** Sends `body` as it is; the reply is that of the first frame. */
  call(path: string, body: Uint8Array, headers?: Record<string, string>): Promise<Outcome<Buffer>>
}

/** Connects by HTTP/2 with prior knowledge; `always` are headers of every call. */
export function createGrpcClient(url: string, always: Record<string, string> = {}): GrpcClient {
  const session = connect(url)
  session.on('error', () => {})

  const open: GrpcClient['open'] = (path, headers = {}) => {
    const request = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...always,
      ...headers,
    })
    const queue = createQueue<Buffer>()
    const deframe = createDeframer()
    const got = Promise.withResolvers<IncomingHttpHeaders>()
    let status: IncomingHttpHeaders = {}
    request.on('response', (fields) => {
      status = { ...status, ...fields }
      got.resolve(fields)
    })
    request.on('trailers', (fields) => {
      status = { ...status, ...fields }
    })
    request.on('data', (chunk: Buffer) => {
      for (const { message } of deframe(chunk)) queue.put(message)
    })
    request.on('error', () => {})
    request.on('close', () => {
      got.resolve(status)
      queue.close()
    })
    return {
      headers: got.promise,
      write: (bytes) => void request.write(bytes),
      end: () => void request.end(),
      next: queue.next,
      outcome: () => outcomeOf(status, request.rstCode),
      pause: (isPaused) => void (isPaused ? request.pause() : request.resume()),
      cancel: () => request.close(8),
    }
  }

  const call: GrpcClient['call'] = async (path, body, headers) => {
    const running = open(path, headers)
    running.write(body)
    running.end()
    const reply = await running.next()
    if (reply !== undefined) await running.next()
    return { ...running.outcome(), reply }
  }

  const unary = async <O>(
    rpc: string,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => O,
    authorization?: string,
  ): Promise<Outcome<O>> => {
    const headers = authorization === undefined ? {} : { authorization }
    const outcome = await call(messageApi + rpc, frameOf(request), headers)
    return { ...outcome, reply: outcome.reply && decode(outcome.reply) }
  }

  const stream = async (
    rpc: string,
    request: Uint8Array,
    isNumbered = false,
  ): Promise<LiveStream> => {
    const running = open(messageApi + rpc)
    running.write(frameOf(request))
    running.end()
    return liveStreamOf(running, isNumbered)
  }

  return {
    protocol: 'grpc',
    session,
    open,
    call,
    publish: (envelopes, authorization) =>
      unary(
        'Publish',
        PublishRequest.encode({ envelopes: [...envelopes] }).finish(),
        (bytes) => PublishResponse.decode(bytes),
        authorization,
      ),
    query: (request) =>
      unary('Query', QueryRequest.encode(queryOf(request)).finish(), (bytes) =>
        QueryResponse.decode(bytes),
      ),
    batchQuery: (request) =>
      unary('BatchQuery', BatchQueryRequest.encode(request).finish(), (bytes) =>
        BatchQueryResponse.decode(bytes),
      ),
    subscribe: (contentTopics, resume) => {
      const request = SubscribeRequest.encode({ contentTopics: [...contentTopics], resume })
      return stream('Subscribe', request.finish(), resume !== undefined)
    },
    subscribeAll: () => stream('SubscribeAll', new Uint8Array(0)),
    close: () => session.destroy(),
  }
}

/** Reads a call as a stream of envelopes, once its headers are there. */
export async function liveStreamOf(running: GrpcCall, isNumbered = false): Promise<LiveStream> {
  const headers = await running.headers
  return {
    isSubscribed: headers['subscribed'] === 'true',
    next: async () => {
      const message = await running.next()
      return message && (isNumbered ? NumberedEnvelope : Envelope).decode(message)
    },
    outcome: running.outcome,
    cancel: running.cancel,
  }
}

function outcomeOf(fields: IncomingHttpHeaders, rstCode: number): Outcome<undefined> {
  const status = fields['grpc-status']
  return {
    status: status === undefined ? -1 - rstCode : Number(status),
    message: decodeURIComponent(String(fields['grpc-message'] ?? '')),
    httpStatus: Number(fields[':status'] ?? 0),
    code: fields['x-posthorn-error']?.toString(),
    reply: undefined,
  }
}
