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
import { Http2Exchange } from './http2-exchange.ts'
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
  const sessions = new Map<ServerHttp2Session, ReadonlySet<ServerHttp2Stream>>()
  const server = createServer({
    settings: {
      maxConcurrentStreams: parts.maxStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: 16_384,
      enablePush: false,
    },
    maxHeaderListPairs: 64,
    maxSessionMemory: 64,
    // Each stream may wait for a ping of its own, and the pulse for one more.
    maxOutstandingPings: parts.maxStreams + 1,
    // Ours counts first and closes with a reason; these stay as the last line.
    streamResetBurst: 4_000,
    streamResetRate: 800,
  })
  server.on('session', (session) => {
    session.once('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
    session.setLocalWindowSize(sessionWindowBytes)
    watchPulse(session, parts.clock)
    sessions.set(session, serveSession(session, parts))
  })
  server.on('sessionError', () => {})
  return {
    server,
    closeSessions: () => {
      for (const [session, streams] of sessions) closeSession(session, streams)
    },
  }
}

// Serves what the session brings; the streams returned are those open at any time.
function serveSession(
  session: ServerHttp2Session,
  parts: Http2ServerParts,
): ReadonlySet<ServerHttp2Stream> {
  const { remoteAddress } = session.socket
  const streams = new Set<ServerHttp2Stream>()
  const resets = createResetLimiter(parts.clock)
  session.on('stream', (stream: ServerHttp2Stream, headers) => {
    // A stream's failure is its client's: it shows as a close.
    stream.on('error', () => {})
    streams.add(stream)
    stream.once('close', () => streams.delete(stream))
    stream.once('aborted', () => {
      if (resets.count() || session.closed) return
      parts.events.resetFlood()
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      session.destroy()
    })
    parts.serve(new Http2Exchange(stream, headers, remoteAddress))
  })
  return streams
}

// A session that is closed sends no pings, and its last answers need them: so first only word of the
// end is sent, and the session is closed behind its last stream.
function closeSession(session: ServerHttp2Session, streams: ReadonlySet<ServerHttp2Stream>): void {
  if (session.destroyed) return
  const closeIfDone = (): void => {
    if (streams.size === 0) session.close()
  }
  session.goaway()
  for (const stream of streams) stream.once('close', closeIfDone)
  closeIfDone()
}

// A peer that is gone without a word is noticed by the ping that it does not answer.
function watchPulse(session: ServerHttp2Session, clock: Clock): void {
  let isAnswered = true
  const timer = clock.every(pingMs, () => {
    if (session.destroyed) return
    if (!isAnswered) return session.destroy()
    isAnswered = false
    session.ping((failure) => {
      isAnswered = failure === null
    })
  })
  session.once('close', () => timer.cancel())
}
