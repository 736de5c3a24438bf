// Which protocol a fresh connection speaks, told by its first four bytes.

import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Turnstile } from './turnstile.ts'

/** Where a connection goes once it is known what it speaks. */
export type SniffTargets = {
  readonly http1: (socket: Socket) => void
  readonly http2: (socket: Socket) => void
}

/** How every HTTP/2 connection with prior knowledge starts: `PRI * HTTP/2.0`. */
const prefaceStart = Buffer.from('PRI ')
const nothing = Buffer.alloc(0)
const silenceMs = 10_000
// For requests that are on their way already.
const lastMomentMs = 100

/** Tells connections apart. */
export type Sniffer = {
  /** Waits for the first bytes, puts them back and hands the socket over; silent sockets are closed. */
  sniff(socket: Socket): void
  /** Closes, in a moment, the sockets that have not said by then what they speak. */
  closeSilent(): void
}

/** What a sniffer needs. */
export type SnifferParts = {
  readonly targets: SniffTargets
  readonly clock: Clock
  /** Lets connections of HTTP/2 in, each of which may bring a thousand calls at once. */
  readonly turnstile: Turnstile
}

/** Creates a sniffer for the connections of one node. */
export function createSniffer(parts: SnifferParts): Sniffer {
  const { clock } = parts
  const silent = new Set<Socket>()
  return {
    sniff: (socket) => {
      silent.add(socket)
      const done = (): void => {
        silent.delete(socket)
      }
      sniffOne(socket, { ...parts, done })
    },
    closeSilent: () => {
      if (silent.size === 0) return
      clock.after(lastMomentMs, () => {
        for (const socket of silent) socket.destroy()
      })
    },
  }
}

type Sniffing = SnifferParts & { readonly done: () => void }

function sniffOne(socket: Socket, { targets, clock, turnstile, done }: Sniffing): void {
  let start: Buffer = nothing
  const timer = clock.after(silenceMs, () => socket.destroy())
  const onGone = (): void => {
    timer.cancel()
    done()
    socket.destroy()
  }
  const onData = (chunk: Buffer): void => {
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk])
    const isLikeHttp2 = startsAlike(start)
    if (isLikeHttp2 && start.length < prefaceStart.length) return
    timer.cancel()
    done()
    socket.off('data', onData)
    socket.off('end', onGone)
    socket.off('close', onGone)
    socket.pause()
    socket.unshift(start)
    if (isLikeHttp2) {
      // Not resumed: the HTTP/2 session takes what was put back by itself, and bytes that flow before
      // it is ready would be lost.
      socket.allowHalfOpen = false
      turnstile.enter(socket, () => targets.http2(socket))
    } else {
      targets.http1(socket)
      socket.resume()
    }
  }
  socket.on('data', onData)
  socket.once('end', onGone)
  socket.once('close', onGone)
}

function startsAlike(start: Buffer): boolean {
  const shared = Math.min(start.length, prefaceStart.length)
  return start.subarray(0, shared).equals(prefaceStart.subarray(0, shared))
}
