// The HTTP/2 side of the node: gRPC, and everything else that a proxy may forward over HTTP/2.

import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { FloodClient, FloodGuard } from '../admission/flood-guard.ts'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import type { Exchange } from './exchange.ts'
import { type WatchedSession, watchHeaders } from './header-watch.ts'
import { Http2Exchange } from './http2-exchange.ts'
import { createResetLimiter } from './reset-limiter.ts'
import type { Turnstile } from './turnstile.ts'

/** What an HTTP/2 server needs. */
export type Http2ServerParts = {
  readonly clock: Clock
  readonly events: Events
  readonly floods: FloodGuard
  readonly turnstile: Turnstile
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
// Of an honest client there are none.
const maxInvalidFrames = 100
const tooManyInvalid = 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES'

/** Creates the server; connections come by its `connection` event. */
export function createHttp2Server(parts: Http2ServerParts): SessionServer {
  const sessions = new Map<ServerHttp2Session, ServedSession>()
  let watch: Disposable | undefined
  const closeFlooding = (session: ServerHttp2Session, { client }: ServedSession): void => {
    parts.events.headerFlood()
    client.bar()
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    session.destroy()
    closeUnproven(sessions, client)
  }
  const server = createServer({
    settings: {
      maxConcurrentStreams: parts.maxStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: 16_384,
      enablePush: false,
    },
    maxHeaderListPairs: 64,
    maxSessionMemory: 64,
    maxSessionInvalidFrames: maxInvalidFrames,
    // Each stream may wait for a ping of its own, and the pulse for one more.
    maxOutstandingPings: parts.maxStreams + 1,
    // Ours counts first and closes with a reason; this ends what comes in one read.
    streamResetBurst: 1_500,
    streamResetRate: 300,
  })
  server.on('session', (session) => {
    session.once('close', () => {
      sessions.delete(session)
      if (sessions.size > 0) return
      watch?.[Symbol.dispose]()
      watch = undefined
    })
    session.setLocalWindowSize(sessionWindowBytes)
    watchPulse(session, parts.clock)
    const client = parts.floods.client(session.socket.remoteAddress)
    const streams = new Set<ServerHttp2Stream>()
    const served = { client, streams, hasAnswered: false, begun: 0, knownBytes: 0 }
    const onFlood = (): void => closeUnproven(sessions, client)
    session.on('error', (error: NodeJS.ErrnoException) => {
      session.destroy()
      if (error.code !== tooManyInvalid) return
      client.bar()
      onFlood()
    })
    sessions.set(session, served)
    watch ??= watchHeaders(sessions, parts.clock, closeFlooding)
    serveSession(session, served, { ...parts, onFlood })
  })
  server.on('sessionError', () => {})
  return {
    server,
    closeSessions: () => {
      for (const [session, { streams }] of sessions) closeSession(session, streams)
    },
  }
}

type ServedSession = WatchedSession & {
  readonly client: FloodClient
  /** Those that are open. */
  readonly streams: Set<ServerHttp2Stream>
  /** Whether a stream that is over had an answer. */
  hasAnswered: boolean
}

type SessionParts = Http2ServerParts & { readonly onFlood: () => void }

function serveSession(
  session: ServerHttp2Session,
  served: ServedSession,
  parts: SessionParts,
): void {
  const { remoteAddress } = session.socket
  const { client, streams } = served
  const resets = createResetLimiter(parts.clock)

  const onReset = (stream: ServerHttp2Stream): void => {
    // Where the connection broke, nobody has taken anything back.
    if (session.destroyed || session.closed || session.socket.destroyed) return
    const isWithin = stream.headersSent || client.countReset()
    if (isWithin && resets.count()) return
    parts.events.resetFlood()
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    session.destroy()
    if (!isWithin) parts.onFlood()
  }
  session.on('stream', (stream: ServerHttp2Stream, headers) => {
    // A stream's failure is its client's: it shows as a close.
    stream.on('error', () => {})
    served.begun++
    // Opened and reset within one read: there is nobody to serve.
    if (stream.aborted) return onReset(stream)
    streams.add(stream)
    stream.on('close', () => {
      streams.delete(stream)
      served.hasAnswered ||= stream.headersSent
    })
    stream.on('aborted', () => onReset(stream))
    parts.turnstile.enter(session, () => {
      if (!stream.destroyed) parts.serve(new Http2Exchange(stream, headers, remoteAddress))
    })
  })
}

// A flood comes on many connections, most of which have yet to be read: those that never had an answer go.
function closeUnproven(
  sessions: ReadonlyMap<ServerHttp2Session, ServedSession>,
  { block }: FloodClient,
): void {
  for (const [session, { client, streams, hasAnswered }] of sessions) {
    if (client.block !== block || hasAnswered) continue
    const isAnswered = [...streams].some((stream) => stream.headersSent)
    if (!isAnswered) session.destroy()
  }
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
