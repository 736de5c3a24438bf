// gRPC calls over node:http2 with as little work as can be, so that the client leaves the machine to the
// server under test.

import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'

const windowBytes = 16 * 1_048_576
const service = '/xmtp.message_api.v1.MessageApi/'

/** Connections to one server. */
export type Connections = Disposable & { readonly sessions: readonly ClientHttp2Session[] }

/** Opens connections. */
export function openConnections(url: string, count: number): Connections {
  const sessions = Array.from({ length: count }, () => {
    const session = connect(url)
    session.once('connect', () => session.setLocalWindowSize(windowBytes))
    return session
  })
  return {
    sessions,
    [Symbol.dispose]: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

/** Makes a unary call; resolves to the bytes of its answer. */
export function call(
  session: ClientHttp2Session,
  rpc: string,
  options: { readonly frame: Buffer; readonly authorization?: string },
): Promise<number> {
  const { authorization } = options
  return new Promise((resolve, reject) => {
    const stream = start(session, rpc, authorization === undefined ? {} : { authorization })
    let status: unknown
    let bytes = 0
    for (const event of ['response', 'trailers']) {
      stream.on(event, (headers) => {
        status = headers['grpc-status'] ?? status
      })
    }
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    stream.on('error', reject)
    stream.on('close', () =>
      String(status) === '0' ? resolve(bytes) : reject(new Error(`gRPC status ${String(status)}`)),
    )
    stream.end(options.frame)
  })
}

/** Opens a stream; resolves once its headers are there. `onBytes` hears of what comes. */
export function subscribe(
  session: ClientHttp2Session,
  frame: Buffer,
  onBytes: (count: number) => void,
): Promise<ClientHttp2Stream> {
  return new Promise((resolve, reject) => {
    const stream = start(session, 'Subscribe', {})
    stream.on('response', () => resolve(stream))
    stream.on('data', (chunk: Buffer) => onBytes(chunk.length))
    stream.on('error', reject)
    stream.end(frame)
  })
}

function start(
  session: ClientHttp2Session,
  rpc: string,
  headers: Readonly<Record<string, string>>,
): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': service + rpc,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
}
