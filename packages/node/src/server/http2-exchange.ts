import type { OutgoingHttpHeaders } from 'node:http'
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Exchange } from './exchange.ts'
import { drainedOf, onClosed, pathOf } from './stream-helpers.ts'

/** Wraps an HTTP/2 stream. */
export function http2Exchange(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
): Exchange {
  const isGone = (): boolean => stream.destroyed || stream.closed || stream.headersSent
  // An answer given before the request is whole: what still comes is dropped, and once the client has
  // the answer (a ping comes back after it) it is told to stop. Said at once, it would overtake the answer.
  const stopRequest = (): void => {
    if (stream.readableEnded || stream.destroyed || stream.session?.destroyed !== false) return
    stream.resume()
    stream.session.ping((failure) => {
      if (failure === null && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR)
    })
  }
  return {
    version: 'http2',
    method: headers[':method'] ?? 'GET',
    path: pathOf(headers[':path']),
    headers,
    remoteAddress,
    body: stream,
    onClose: (listener) => onClosed(stream, listener),
    head: (status, fields) => {
      if (!isGone()) stream.respond({ ':status': status, ...fields })
    },
    write: (chunk) => stream.destroyed || stream.write(chunk),
    drained: () => drainedOf(stream),
    end: (chunk) => {
      if (!stream.destroyed) stream.end(chunk)
    },
    reply: (status, fields, body) => {
      if (isGone()) return
      stream.respond({ ':status': status, ...fields })
      stream.end(headers[':method'] === 'HEAD' ? undefined : body, stopRequest)
    },
    headBeforeTrailers: (fields) => {
      if (!isGone()) stream.respond({ ':status': 200, ...fields }, { waitForTrailers: true })
    },
    endWithTrailers: (chunk, trailers: OutgoingHttpHeaders) => {
      if (stream.destroyed) return
      stream.once('wantTrailers', () => {
        stream.sendTrailers(trailers)
        stopRequest()
      })
      if (chunk === undefined) stream.end()
      else stream.end(chunk)
    },
    replyTrailersOnly: (fields) => {
      if (isGone()) return
      stream.respond({ ':status': 200, ...fields }, { endStream: true })
      stopRequest()
    },
    destroy: () => stream.close(constants.NGHTTP2_CANCEL),
  }
}
