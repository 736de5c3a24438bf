// gRPC over HTTP/2, which only Node has: every call and stream on one connection.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2'
import { TransportError } from '@posthorn/errors'
import type { Fields, Link, LinkCall, LinkReply } from './grpc/link.ts'
import { transportOverLink } from './grpc/transport-over-link.ts'
import { baseOf, type NodeAddress } from './node-address.ts'
import type { ByteSource } from './reply-body.ts'
import type { Transport } from './transport.ts'

// A page of a hundred messages arrives without a pause for leave to go on.
const streamWindowBytes = 1_048_576
const connectionWindowBytes = 4_194_304

/**
 * A transport over gRPC, with prior knowledge of HTTP/2 or over TLS. It connects at the first call, and anew after
 * a connection broke or was silent for too long.
 *
 * @throws UsageError `transport/bad-url`
 */
export function createGrpcTransport(options: NodeAddress): Transport {
  return transportOverLink(http2Link(baseOf(options)), options)
}

function http2Link(base: string): Link {
  const { origin, pathname } = new URL(base)
  const prefix = pathname === '/' ? '' : pathname
  let session: ClientHttp2Session | undefined

  function connected(): ClientHttp2Session {
    if (session === undefined || session.closed || session.destroyed) session = open(origin)
    return session
  }

  return {
    call: (call) => request(connected(), { ...call, path: prefix + call.path }),
    // What still runs on it may end well.
    retire: () => {
      session?.close()
      session = undefined
    },
    [Symbol.dispose]: () => {
      session?.close()
      session = undefined
    },
  }
}

function open(origin: string): ClientHttp2Session {
  const settings = { enablePush: false, initialWindowSize: streamWindowBytes }
  const session = connect(origin, { settings })
  session.once('connect', () => session.setLocalWindowSize(connectionWindowBytes))
  // Each call on it says so itself.
  session.on('error', () => undefined)
  // Only calls keep the program running.
  session.unref()
  return session
}

function request(session: ClientHttp2Session, call: LinkCall): Promise<LinkReply> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': call.path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...Object.fromEntries(
          Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
      },
      { signal: call.signal },
    )
    let trailers: IncomingHttpHeaders = {}
    holdOpen(session, stream)
    stream.on('error', reject)
    stream.once('close', () => reject(brokenOff()))
    stream.once('trailers', (fields) => {
      trailers = fields
    })
    stream.once('response', (headers) => {
      const httpStatus = Number(headers[':status'])
      if (httpStatus !== 200) stream.close(constants.NGHTTP2_CANCEL)
      resolve({
        httpStatus,
        headers: fieldsOf(headers),
        pieces: piecesOf(stream),
        trailers: () => fieldsOf(trailers),
      })
    })
    stream.end(call.body)
  })
}

function brokenOff(): TransportError {
  return new TransportError('transport/unavailable', 'Call node: it broke off before an answer')
}

const running = new WeakMap<ClientHttp2Session, number>()

function holdOpen(session: ClientHttp2Session, stream: ClientHttp2Stream): void {
  const count = (running.get(session) ?? 0) + 1
  running.set(session, count)
  if (count === 1) session.ref()
  stream.once('close', () => {
    const left = (running.get(session) ?? 1) - 1
    running.set(session, left)
    if (left === 0 && !session.destroyed) session.unref()
  })
}

async function* piecesOf(stream: ClientHttp2Stream): ByteSource {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      const { buffer, byteOffset, length } = chunk as Buffer
      yield new Uint8Array(buffer, byteOffset, length)
    }
  } finally {
    // Tells the node to stop; without effect when it has ended.
    stream.close(constants.NGHTTP2_CANCEL)
  }
}

function fieldsOf(headers: IncomingHttpHeaders): Fields {
  return new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
