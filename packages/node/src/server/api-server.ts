// All API ports of a node: every port speaks every protocol.

import { createServer, type Server, type Socket } from 'node:net'
import type { FloodGuard } from '../admission/flood-guard.ts'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import { nextTurn } from '../system-clock.ts'
import type { Exchange } from './exchange.ts'
import { createHttp1Server } from './http1-server.ts'
import { createLateHttp2Server } from './late-http2-server.ts'
import { isLocalHost, listen } from './listen.ts'
import { createSniffer } from './sniff.ts'
import { createTurnstile } from './turnstile.ts'

const requestsPerTurn = 32
const sessionsPerTurn = 1

/** Settings of the API ports. */
export type ApiServerOptions = {
  readonly host: string
  readonly ports: readonly number[]
  readonly maxConnections: number
  readonly maxStreamsPerConnection: number
  readonly clock: Clock
  readonly events: Events
  readonly floods: FloodGuard
  readonly serve: (exchange: Exchange) => void
}

/** Listening ports. */
export type ApiServer = {
  /** `http://host:port`, one a port, in the order of the ports. */
  readonly urls: readonly string[]
  /** Loads what the first caller of HTTP/2 would otherwise wait for. */
  warmUp(): Promise<void>
  /** Takes no new connections and no further requests on idle ones; closes those that stay silent. */
  stopAccepting(): void
  /** Resolves when every connection is closed. */
  quiet(): Promise<void>
  /** Closes connections that wait for a further request. */
  closeIdle(): void
  /** Cuts every connection off. */
  destroy(): void
}

/**
 * Listens on all ports.
 *
 * @throws UsageError `node/port-taken`, `node/cannot-listen`; nothing listens then
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { clock, events, floods, serve } = options
  let isClosing = false
  const turnstile = createTurnstile(nextTurn, requestsPerTurn)
  const http1 = createHttp1Server({ serve, turnstile, isClosing: () => isClosing })
  const http2 = createLateHttp2Server({
    clock,
    events,
    floods,
    turnstile,
    serve,
    maxStreams: options.maxStreamsPerConnection,
  })
  const sniffer = createSniffer({
    targets: {
      http1: (socket) => http1.emit('connection', socket),
      http2: (socket) => {
        if (floods.client(socket.remoteAddress).isBarred()) socket.destroy()
        else http2.accept(socket)
      },
    },
    clock,
    turnstile: createTurnstile(nextTurn, sessionsPerTurn),
  })
  const sockets = createSocketSet()
  const listeners: Server[] = []

  const makeServer = (): Server => {
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true })
    server.maxConnections = options.maxConnections
    server.on('connection', (socket) => {
      const client = floods.client(socket.remoteAddress)
      if (!client.connect()) return void socket.destroy()
      socket.once('close', client.disconnect)
      sockets.add(socket)
      sniffer.sniff(socket)
    })
    listeners.push(server)
    return server
  }
  const close = (): void => {
    isClosing = true
    for (const listener of listeners) listener.close()
    sniffer.closeSilent()
    http1.close()
    http2.closeSessions()
  }

  try {
    const urls: string[] = []
    for (const port of options.ports) {
      urls.push(urlOf(options.host, await listen(makeServer, options.host, port)))
    }
    return {
      urls,
      warmUp: () => http2.load(),
      stopAccepting: close,
      closeIdle: () => http1.closeIdleConnections(),
      quiet: sockets.quiet,
      destroy: sockets.destroy,
    }
  } catch (error) {
    close()
    throw error
  }
}

function createSocketSet() {
  const sockets = new Set<Socket>()
  let empty = Promise.withResolvers<void>()
  return {
    add: (socket: Socket): void => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        if (sockets.size > 0) return
        empty.resolve()
        empty = Promise.withResolvers()
      })
    },
    quiet: (): Promise<void> => (sockets.size === 0 ? Promise.resolve() : empty.promise),
    destroy: (): void => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function urlOf(host: string, port: number): string {
  if (isLocalHost(host)) return `http://127.0.0.1:${port}`
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`
}
