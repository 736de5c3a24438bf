// The peer of `publish`: the published gRPC server with a handler that does nothing at all.

import { decode, encode, PublishRequest, PublishResponse } from '../../packages/wire/src/index.ts'
import { loadPeer } from '../../peers/load.ts'
import { serve } from './serve.ts'

type Grpc = {
  Server: new () => {
    addService(definition: object, handlers: object): void
    bindAsync(address: string, credentials: unknown, done: (e: unknown, port: number) => void): void
    forceShutdown(): void
  }
  ServerCredentials: { createInsecure(): unknown }
}

const grpc = loadPeer<Grpc>('@grpc/grpc-js')
const server = new grpc.Server()
const publish = {
  path: '/xmtp.message_api.v1.MessageApi/Publish',
  requestStream: false,
  responseStream: false,
  requestDeserialize: (bytes: Uint8Array) => decode(PublishRequest, bytes, 'PublishRequest'),
  responseSerialize: () => Buffer.from(encode(PublishResponse, {})),
}
server.addService(
  { publish },
  { publish: (_call: unknown, done: (error: null, answer: object) => void) => done(null, {}) },
)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
  serve(`http://127.0.0.1:${port}`, async () => server.forceShutdown())
})
