// The published gRPC client, with methods defined by hand.

import { loadPeer } from '../../peers/load.ts'
import * as messages from './messages.ts'

export type Metadata = { set(name: string, value: string): void; get(name: string): unknown[] }
type Status = { code: number; details: string; metadata: Metadata }
type Call = {
  on(event: string, listener: (value: never) => void): void
  cancel(): void
  write(value: unknown): boolean
  end(): void
  pause(): void
  resume(): void
}
type Channel = { close(): void; makeUnaryRequest: unknown } & Record<
  string,
  (...args: readonly unknown[]) => Call
>
type GrpcJs = {
  makeGenericClientConstructor(
    definition: object,
    name: string,
  ): new (
    address: string,
    credentials: unknown,
    options?: object,
  ) => Channel
  credentials: { createInsecure(): unknown }
  Metadata: new () => Metadata
}
const grpc = loadPeer<GrpcJs>('@grpc/grpc-js')

export type GrpcOutcome<O> = {
  readonly code: number
  readonly details: string
  readonly reply: O | undefined
  readonly trailers: Metadata
}
export type GrpcStream<O> = {
  /** Resolves when the response's headers are there. */
  readonly headers: Promise<Metadata>
  readonly received: O[]
  /** Resolves once that many messages have come. */
  count(wanted: number): Promise<readonly O[]>
  readonly status: Promise<Status>
  readonly call: Call
}
export type GrpcClient = {
  unary<O>(
    rpc: string,
    request: unknown,
    headers?: Record<string, string>,
    options?: object,
  ): Promise<GrpcOutcome<O>>
  stream<O>(rpc: string, request?: unknown, options?: object): GrpcStream<O>
  close(): void
}

const service = '/xmtp.message_api.v1.MessageApi/'
const health = '/grpc.health.v1.Health/'
const { publishRequest, empty, envelope, subscribeRequest } = messages
const definition = {
  Publish: method(`${service}Publish`, publishRequest, empty),
  Query: method(`${service}Query`, messages.queryRequest, messages.queryReply),
  BatchQuery: method(`${service}BatchQuery`, messages.batchRequest, messages.batchReply),
  Subscribe: method(`${service}Subscribe`, subscribeRequest, envelope, 'server'),
  SubscribeAll: method(`${service}SubscribeAll`, empty, envelope, 'server'),
  Subscribe2: method(`${service}Subscribe2`, subscribeRequest, envelope, 'bidi'),
  Nothing: method(`${service}Nothing`, empty, empty),
  Foreign: method('/xmtp.mls.api.v1.MlsApi/QueryGroupMessages', empty, empty),
  Check: method(`${health}Check`, messages.healthRequest, messages.healthReply),
  Watch: method(`${health}Watch`, messages.healthRequest, messages.healthReply, 'server'),
}

function method<I, O>(
  path: string,
  request: messages.Codec<I>,
  reply: messages.Codec<O>,
  kind: 'unary' | 'server' | 'bidi' = 'unary',
): object {
  return {
    path,
    requestStream: kind === 'bidi',
    responseStream: kind !== 'unary',
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: reply.encode,
    responseDeserialize: reply.decode,
  }
}

const Client = grpc.makeGenericClientConstructor(definition, 'Api')

export function createGrpcClient(address: string, options: object = {}): GrpcClient {
  const channel = new Client(address, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
    ...options,
  })
  const start = (rpc: string, ...args: readonly unknown[]): Call => {
    const make = channel[rpc]
    if (make === undefined) throw new Error(`no method ${rpc}`)
    return make.apply(channel, [...args])
  }
  return {
    unary: (rpc, request, headers = {}, callOptions = {}) => {
      const metadata = new grpc.Metadata()
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
      return new Promise((resolve) => {
        let reply: unknown
        const call = start(rpc, request, metadata, callOptions, (_: unknown, value: unknown) => {
          reply = value
        })
        call.on('status', ({ code, details, metadata: trailers }: Status) =>
          setImmediate(() => resolve({ code, details, reply: reply as never, trailers })),
        )
      })
    },
    stream: (rpc, request, callOptions = {}) =>
      streamOf(
        request === undefined
          ? start(rpc, new grpc.Metadata(), callOptions)
          : start(rpc, request, new grpc.Metadata(), callOptions),
      ),
    close: () => channel.close(),
  }
}

function streamOf<O>(call: Call): GrpcStream<O> {
  const received: O[] = []
  const waiting = new Set<() => void>()
  call.on('data', (message: O) => {
    received.push(message)
    for (const look of waiting) look()
  })
  call.on('error', () => {})
  return {
    headers: new Promise((resolve) => call.on('metadata', resolve)),
    received,
    count: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.length < wanted) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
      }),
    status: new Promise((resolve) => call.on('status', resolve)),
    call,
  }
}
