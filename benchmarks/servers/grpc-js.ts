// The peer of `publish`, `fanout`, `idle` and `query`: the published gRPC server with handlers that do as
// little as can be, over bytes that are encoded once.

import { decode, encode, PublishRequest, PublishResponse } from '../../packages/wire/src/index.ts'
import { loadPeer } from '../../peers/load.ts'
import { type DecodedRequest, envelopeBytes, pageBytes } from '../fixed-messages.ts'
import { serve } from './serve.ts'

type Done = (error: null, answer: unknown) => void
type Call = {
  readonly request: DecodedRequest
  write(message: Buffer): void
  sendMetadata(metadata: unknown): void
  on(event: string, listener: () => void): void
}
type Grpc = {
  Server: new () => {
    addService(definition: object, handlers: object): void
    bindAsync(address: string, credentials: unknown, done: (e: unknown, port: number) => void): void
    forceShutdown(): void
  }
  ServerCredentials: { createInsecure(): unknown }
  Metadata: new () => unknown
}

const grpc = loadPeer<Grpc>('@grpc/grpc-js')
const server = new grpc.Server()
const service = '/xmtp.message_api.v1.MessageApi/'
const calls = new Set<Call>()
const page = Buffer.from(pageBytes())
const asIs = (bytes: Buffer): Buffer => bytes

function method(name: string, isStream: boolean, codec: object): object {
  return { path: service + name, requestStream: false, responseStream: isStream, ...codec }
}

server.addService(
  {
    publish: method('Publish', false, {
      requestDeserialize: (bytes: Uint8Array) => decode(PublishRequest, bytes, 'PublishRequest'),
      responseSerialize: () => Buffer.from(encode(PublishResponse, {})),
    }),
    subscribe: method('Subscribe', true, { requestDeserialize: asIs, responseSerialize: asIs }),
    query: method('Query', false, { requestDeserialize: asIs, responseSerialize: asIs }),
  },
  {
    publish: ({ request }: Call, done: Done) => {
      if (calls.size > 0) for (const envelope of request.envelopes) deliver(envelope)
      done(null, {})
    },
    subscribe: (call: Call) => {
      calls.add(call)
      for (const event of ['cancelled', 'close', 'error']) call.on(event, () => calls.delete(call))
      call.sendMetadata(new grpc.Metadata())
    },
    query: (_call: Call, done: Done) => done(null, page),
  },
)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
  serve(`http://127.0.0.1:${port}`, async () => server.forceShutdown())
})

function deliver(envelope: DecodedRequest['envelopes'][number]): void {
  const bytes = Buffer.from(envelopeBytes(envelope))
  for (const call of calls) call.write(bytes)
}
