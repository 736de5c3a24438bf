// The HTTP/2 side of the node: gRPC, and everything else that a proxy may forward over HTTP/2.

import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import type { Exchange } from './exchange.ts'
import { http2Exchange } from './http2-exchange.ts'
import { createResetLimiter } from './reset-limiter.ts'

/** What an HTTP/2 server needs. */
export type Http2ServerParts = {
  readonly clock: Clock
  readonly events: Events
  readonly serve: (exchange: Exchange) => void
  readonly maxStreams: number
}

/** An HTTP/2 server that is handed its connections. */
export type SessionServer = {
  readonly server: Http2Server
  /** Tells every client to open no more streams; sessions close when their streams are done. */
  closeSessions(): void
}

const streamWindowBytes = 1_048_576
const sessionWindowBytes = 4_194_304
const pingMs = 60_000

/** Creates the server; connections come by its `connection` event. */
export function createHttp2Server(parts: Http2ServerParts): SessionServer {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer({
    settings: {
      maxConcurrentStreams: parts.maxStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: 16_384,
      enablePush: false,
    },
    maxHeaderListPairs: 64,
    maxSessionMemory: 64,
    // Ours counts first and closes with a reason; these stay as the last line.
    streamResetBurst: 4_000,
    streamResetRate: 800,
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
    session.setLocalWindowSize(sessionWindowBytes)
    watchPulse(session, parts.clock)
    serveSession(session, parts)
  })
  server.on('sessionError', () => {})
  return {
    server,
    closeSessions: () => {
      for (const session of sessions) session.close()
    },
  }
}

function serveSession(session: ServerHttp2Session, parts: Http2ServerParts): void {
  const { remoteAddress } = session.socket
  const resets = createResetLimiter(parts.clock)
  session.on('stream', (stream: ServerHttp2Stream, headers) => {
    // A stream's failure is its client's: it shows as a close.
    stream.on('error', () => {})
    stream.once('aborted', () => {
      if (resets.count() || session.closed) return
      parts.events.resetFlood()
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      session.destroy()
    })
    parts.serve(http2Exchange(stream, headers, remoteAddress))
  })
}

// A peer that is gone without a word is noticed by the ping that it does not answer.
function watchPulse(session: ServerHttp2Session, clock: Clock): void {
  let isAnswered = true
  const timer = clock.every(pingMs, () => {
    if (session.destroyed) return
    if (!isAnswered) return session.destroy()
    isAnswered = false
    session.ping(() => {
      isAnswered = true
    })
  })
  session.once('close', () => timer.cancel())
}
