import type { OutgoingHttpHeaders } from 'node:http'
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Exchange } from './exchange.ts'
import { drainedOf, onClosed, pathOf } from './stream-helpers.ts'

/** An HTTP/2 stream. A class, because tens of thousands of them may wait at a time, each with all its methods. */
export class Http2Exchange implements Exchange {
  readonly version = 'http2'
  readonly body: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
  readonly path: string

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    remoteAddress: string | undefined,
  ) {
    this.body = stream
    this.headers = headers
    this.remoteAddress = remoteAddress
    this.path = pathOf(headers[':path'])
  }

  get method(): string {
    return this.headers[':method'] ?? 'GET'
  }

  onClose(listener: () => void): void {
    onClosed(this.body, listener)
  }

  offClose(listener: () => void): void {
    this.body.off('close', listener)
  }

  head(status: number, fields: OutgoingHttpHeaders): void {
    if (!this.#isGone()) this.body.respond({ ':status': status, ...fields })
  }

  write(chunk: Uint8Array): boolean {
    return this.body.destroyed || this.body.write(chunk)
  }

  drained(): Promise<void> {
    return drainedOf(this.body)
  }

  end(chunk?: Uint8Array): void {
    if (!this.body.destroyed) this.body.end(chunk)
  }

  reply(status: number, fields: OutgoingHttpHeaders, body: Uint8Array): void {
    if (this.#isGone()) return
    this.body.respond({ ':status': status, ...fields })
    this.body.end(this.method === 'HEAD' ? undefined : body, () => this.#stopRequest())
  }

  headBeforeTrailers(fields: OutgoingHttpHeaders): void {
    if (!this.#isGone()) this.body.respond({ ':status': 200, ...fields }, { waitForTrailers: true })
  }

  endWithTrailers(chunk: Uint8Array | undefined, trailers: OutgoingHttpHeaders): void {
    if (this.body.destroyed) return
    this.body.once('wantTrailers', () => {
      this.body.sendTrailers(trailers)
      this.#stopRequest()
    })
    if (chunk === undefined) this.body.end()
    else this.body.end(chunk)
  }

  replyTrailersOnly(fields: OutgoingHttpHeaders): void {
    if (this.#isGone()) return
    this.body.respond({ ':status': 200, ...fields }, { endStream: true })
    this.#stopRequest()
  }

  destroy(): void {
    this.body.close(constants.NGHTTP2_CANCEL)
  }

  #isGone(): boolean {
    return this.body.destroyed || this.body.closed || this.body.headersSent
  }

  // An answer given before the request is whole: what still comes is dropped, and once the client has
  // the answer (a ping comes back after it) it is told to stop. Said at once, it would overtake the answer.
  #stopRequest(): void {
    const stream = this.body
    if (stream.readableEnded || stream.destroyed || stream.session?.destroyed !== false) return
    stream.resume()
    stream.session.ping((failure) => {
      if (failure === null && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR)
    })
  }
}
