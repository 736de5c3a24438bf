import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { InternalError } from '@posthorn/errors'
import type { Exchange } from './exchange.ts'
import { drainedOf, onClosed, pathOf } from './stream-helpers.ts'

/** Wraps an HTTP/1.1 request and its response. `isClosing` asks for no further request. */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  isClosing: () => boolean,
): Exchange {
  const head = (status: number, headers: OutgoingHttpHeaders): void => {
    if (isClosing()) response.shouldKeepAlive = false
    response.writeHead(status, headers)
  }
  const end = (chunk?: Uint8Array): void => {
    response.end(chunk)
    // An answer given early: the rest is read and dropped, so that the client can read the answer.
    if (!request.complete) request.resume()
  }
  return {
    version: 'http1',
    method: request.method ?? 'GET',
    path: pathOf(request.url),
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress,
    body: request,
    onClose: (listener) => onClosed(response, listener),
    offClose: (listener) => void response.off('close', listener),
    head: (status, headers) => {
      head(status, headers)
      response.flushHeaders()
    },
    write: (chunk) => response.write(chunk),
    drained: () => drainedOf(response),
    end,
    reply: (status, headers, body) => {
      head(status, { ...headers, 'content-length': body.length })
      end(request.method === 'HEAD' ? undefined : body)
    },
    headBeforeTrailers: trailersNeedHttp2,
    endWithTrailers: trailersNeedHttp2,
    replyTrailersOnly: trailersNeedHttp2,
    destroy: () => void response.destroy(),
  }
}

function trailersNeedHttp2(): never {
  throw new InternalError(
    'internal/trailers-on-http1',
    'Send trailers: the connection speaks HTTP/1.1, gRPC needs HTTP/2',
  )
}
