// The two ways a gRPC call is laid on HTTP: gRPC with HTTP/2 trailers, and gRPC-Web, where the trailers
// are the last frame of the body, so that browsers can read them.

import type { OutgoingHttpHeaders } from 'node:http'
import { corsHeaders } from '../server/cors.ts'
import type { Exchange } from '../server/exchange.ts'
import { acceptedEncodings, frame } from './frame.ts'
import type { Fields } from './status.ts'

/** How a call's response is written. */
export type RpcWire = {
  readonly kind: 'grpc' | 'grpc-web' | 'grpc-web-text'
  /** Sends the headers now; `fields` are added to them. */
  begin(exchange: Exchange, fields: Fields): void
  /** What to write for an uncompressed frame. */
  encodeFrame(framed: Buffer): Buffer
  /** Ends a response that was begun. */
  end(exchange: Exchange, framed: Buffer | undefined, trailers: Fields): void
  /** The whole response of a call that failed before it began. */
  refuse(exchange: Exchange, trailers: Fields): void
}

const trailerFlag = 0x80

function grpcWire(contentType: string): RpcWire {
  const headers: OutgoingHttpHeaders = {
    'content-type': contentType,
    'grpc-accept-encoding': acceptedEncodings,
  }
  return {
    kind: 'grpc',
    begin: (exchange, fields) => exchange.headBeforeTrailers({ ...headers, ...fields }),
    encodeFrame: (framed) => framed,
    end: (exchange, framed, trailers) => exchange.endWithTrailers(framed, trailers),
    refuse: (exchange, trailers) => exchange.replyTrailersOnly({ ...headers, ...trailers }),
  }
}

function grpcWebWire(contentType: string, isText: boolean): RpcWire {
  const headers: OutgoingHttpHeaders = {
    ...corsHeaders,
    'content-type': contentType,
    'grpc-accept-encoding': acceptedEncodings,
  }
  const encodeFrame = (framed: Buffer): Buffer =>
    isText ? Buffer.from(framed.toString('base64'), 'latin1') : framed
  const lastChunk = (framed: Buffer | undefined, trailers: Fields): Buffer => {
    const trailerFrame = encodeFrame(frame(trailerBlock(trailers), trailerFlag))
    return framed === undefined ? trailerFrame : Buffer.concat([encodeFrame(framed), trailerFrame])
  }
  return {
    kind: isText ? 'grpc-web-text' : 'grpc-web',
    begin: (exchange, fields) => exchange.head(200, { ...headers, ...fields }),
    encodeFrame,
    end: (exchange, framed, trailers) => exchange.end(lastChunk(framed, trailers)),
    refuse: (exchange, trailers) => exchange.reply(200, headers, lastChunk(undefined, trailers)),
  }
}

/**
 * The wire that a content type asks for, undefined when it is not a gRPC one.
 * Only protobuf messages are spoken.
 */
export function wireOf(contentType: string | undefined, isHttp2: boolean): RpcWire | undefined {
  const name = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  switch (name) {
    case 'application/grpc':
    case 'application/grpc+proto':
      return isHttp2 ? grpcWire(name) : undefined
    case 'application/grpc-web':
    case 'application/grpc-web+proto':
      return grpcWebWire(name, false)
    case 'application/grpc-web-text':
    case 'application/grpc-web-text+proto':
      return grpcWebWire(name, true)
    default:
      return undefined
  }
}

function trailerBlock(trailers: Fields): Buffer {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(lines.join(''), 'latin1')
}
