// A load of unary gRPC publishes over node:http2, the same for every server under test.

import { type ClientHttp2Session, connect } from 'node:http2'
import { encode, PublishRequest } from '../packages/wire/src/index.ts'

/** What to send: `count` publishes of one envelope each, `inFlight` at a time. */
export type Load = {
  readonly url: string
  readonly authorization: string
  readonly count: number
  readonly inFlight: number
  readonly messageBytes: number
  readonly topics: number
  /** Makes this load's messages differ from those of every other. */
  readonly seed: number
}

const connections = 4
const path = '/xmtp.message_api.v1.MessageApi/Publish'

/** Sends the load and resolves to the seconds it took. Every answer must be OK. */
export async function publishLoad(load: Load): Promise<number> {
  const sessions = Array.from({ length: connections }, () => connect(load.url))
  const startedAt = process.hrtime.bigint()
  let next = 0
  const lane = async (index: number) => {
    const session = sessions[index % connections] as ClientHttp2Session
    while (next < load.count) await publishOne(session, load, next++)
  }
  await Promise.all(Array.from({ length: load.inFlight }, (_, index) => lane(index)))
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  for (const session of sessions) session.close()
  return seconds
}

function publishOne(session: ClientHttp2Session, load: Load, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: load.authorization,
    })
    let status: unknown
    stream.on('response', (headers) => {
      status = headers['grpc-status'] ?? status
    })
    stream.on('trailers', (headers) => {
      status = headers['grpc-status'] ?? status
    })
    stream.on('error', reject)
    stream.on('close', () =>
      String(status) === '0' ? resolve() : reject(new Error(`gRPC status ${String(status)}`)),
    )
    stream.resume()
    stream.end(frameOf(load, index))
  })
}

function frameOf(load: Load, index: number): Buffer {
  const message = new Uint8Array(load.messageBytes)
  new DataView(message.buffer).setUint32(0, index)
  new DataView(message.buffer).setUint32(4, load.seed)
  const contentTopic = `/xmtp/0/m-${index % load.topics}/proto`
  const timestampNs = BigInt(Date.now()) * 1_000_000n
  const body = encode(PublishRequest, { envelopes: [{ contentTopic, timestampNs, message }] })
  const frame = Buffer.allocUnsafe(5 + body.length)
  frame.writeUInt8(0, 0)
  frame.writeUInt32BE(body.length, 1)
  frame.set(body, 5)
  return frame
}
