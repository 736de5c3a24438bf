// The HTTP/1.1 side of the node: the JSON gateway, and gRPC-Web from browsers.

import { createServer, type Server } from 'node:http'
import type { Exchange } from './exchange.ts'
import { http1Exchange } from './http1-exchange.ts'
import type { Turnstile } from './turnstile.ts'

/** What an HTTP/1.1 server needs. */
export type Http1ServerParts = {
  readonly serve: (exchange: Exchange) => void
  readonly turnstile: Turnstile
  /** Whether connections are to be closed after their request. */
  readonly isClosing: () => boolean
}

/** Creates the server; connections come by its `connection` event. */
export function createHttp1Server({ serve, turnstile, isClosing }: Http1ServerParts): Server {
  const server = createServer({
    maxHeaderSize: 16_384,
    // Both bound how slowly a request may come in; answers may take as long as they like.
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 2_000,
    keepAliveTimeout: 65_000,
  })
  server.on('request', (request, response) => {
    response.on('error', () => {})
    turnstile.enter(request.socket, () => {
      if (!response.destroyed) serve(http1Exchange(request, response, isClosing))
    })
  })
  // The server does not listen itself, and without this it would never check its timeouts.
  server.emit('listening')
  return server
}
