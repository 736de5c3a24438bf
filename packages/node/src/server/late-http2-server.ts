// The HTTP/2 side of the node, loaded when it is first needed: Node's http2 takes as long to load as all
// that a node needs before its first answer.

import type { Socket } from 'node:net'
import { once } from '../once.ts'
import type { Http2ServerParts, SessionServer } from './http2-server.ts'

/** An HTTP/2 server that may not be there yet. */
export type LateHttp2Server = {
  /** Serves a connection whose bytes wait in it. */
  accept(socket: Socket): void
  /** Loads what `accept` would have to wait for. */
  load(): Promise<void>
  /** Tells every client to open no more streams, and takes no further connections. */
  closeSessions(): void
}

/** Creates the server; nothing is loaded yet. */
export function createLateHttp2Server(parts: Http2ServerParts): LateHttp2Server {
  let isClosing = false
  let loaded: SessionServer | undefined

  const load = once(async () => {
    const { createHttp2Server } = await import('./http2-server.ts')
    loaded = createHttp2Server(parts)
    return loaded
  })
  const accept = async (socket: Socket): Promise<void> => {
    const { server } = await load()
    if (isClosing) socket.destroy()
    else if (!socket.destroyed) server.emit('connection', socket)
  }
  return {
    accept: (socket) => {
      accept(socket).catch(() => socket.destroy())
    },
    load: async () => {
      await load()
    },
    closeSessions: () => {
      isClosing = true
      loaded?.closeSessions()
    },
  }
}
