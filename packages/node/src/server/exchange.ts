// One HTTP request and its response, the same for HTTP/1.1 and HTTP/2.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** A request to answer. */
export type Exchange = {
  readonly version: 'http1' | 'http2'
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
  readonly body: Readable
  /** Calls once, when the exchange is over: answered whole, or the client has gone. */
  onClose(listener: () => void): void
  /** Forgets a listener of `onClose`, and all that it holds. */
  offClose(listener: () => void): void
  /** Sends the status and the headers now. */
  head(status: number, headers: OutgoingHttpHeaders): void
  /** Sends bytes of the body; false means: wait for `drained` first. */
  write(chunk: Uint8Array): boolean
  /** Resolves when there is room again, or the exchange is over. */
  drained(): Promise<void>
  end(chunk?: Uint8Array): void
  /** The whole response at once. */
  reply(status: number, headers: OutgoingHttpHeaders, body: Uint8Array): void
  /** HTTP/2 only: like `head`, with trailers to come by `endWithTrailers`. */
  headBeforeTrailers(headers: OutgoingHttpHeaders): void
  endWithTrailers(chunk: Uint8Array | undefined, trailers: OutgoingHttpHeaders): void
  /** HTTP/2 only: a response of headers alone. */
  replyTrailersOnly(headers: OutgoingHttpHeaders): void
  /** Cuts the exchange off. */
  destroy(): void
}
