// The two ways a gRPC call is laid on HTTP: gRPC with HTTP/2 trailers, and gRPC-Web, where the trailers
// are the last frame of the body, so that browsers can read them.

import type { OutgoingHttpHeaders } from 'node:http'
import type { StreamMessage } from '../api/method.ts'
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
  /** What to write for a message of a stream. */
  bytesOf(message: StreamMessage): Buffer
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
    bytesOf: (message) => message.grpcFrame(),
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
    bytesOf: (message) => encodeFrame(message.grpcFrame()),
    end: (exchange, framed, trailers) => exchange.end(lastChunk(framed, trailers)),
    refuse: (exchange, trailers) => exchange.reply(200, headers, lastChunk(undefined, trailers)),
  }
}

// One of each, that all calls share.
const wires: ReadonlyMap<string, RpcWire> = new Map([
  ['application/grpc', grpcWire('application/grpc')],
  ['application/grpc+proto', grpcWire('application/grpc+proto')],
  ['application/grpc-web', grpcWebWire('application/grpc-web', false)],
  ['application/grpc-web+proto', grpcWebWire('application/grpc-web+proto', false)],
  ['application/grpc-web-text', grpcWebWire('application/grpc-web-text', true)],
  ['application/grpc-web-text+proto', grpcWebWire('application/grpc-web-text+proto', true)],
])

/**
 * The wire that a content type asks for, undefined when it is not a gRPC one.
 * Only protobuf messages are spoken.
 */
export function wireOf(contentType: string | undefined, isHttp2: boolean): RpcWire | undefined {
  const wire = wires.get(contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '')
  return wire?.kind === 'grpc' && !isHttp2 ? undefined : wire
}

function trailerBlock(trailers: Fields): Buffer {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(lines.join(''), 'latin1')
}
