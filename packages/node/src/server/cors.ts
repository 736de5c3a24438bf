// Browsers may call from any origin: a node keeps no cookies, so there is nothing to steal.

import type { OutgoingHttpHeaders } from 'node:http'
import type { Exchange } from './exchange.ts'

const allowedHeaders = [
  'Content-Type',
  'Accept',
  'Authorization',
  'X-Client-Version',
  'X-App-Version',
  'Baggage',
  'DNT',
  'Sec-CH-UA',
  'Sec-CH-UA-Mobile',
  'Sec-CH-UA-Platform',
  'Sentry-Trace',
  'User-Agent',
  'X-Libxmtp-Version',
  'X-Grpc-Web',
  'X-User-Agent',
  'Grpc-Timeout',
  'Grpc-Accept-Encoding',
  'Grpc-Encoding',
].join(',')

const exposedHeaders = [
  'Grpc-Status',
  'Grpc-Message',
  'Grpc-Status-Details-Bin',
  'Grpc-Metadata-Content-Type',
  'Grpc-Metadata-Subscribed',
  'Subscribed',
  'WWW-Authenticate',
  'Retry-After',
  'X-Posthorn-Error',
].join(',')

/** Headers of every response that a browser may read. */
export const corsHeaders: OutgoingHttpHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': exposedHeaders,
}

const preflightHeaders: OutgoingHttpHeaders = {
  ...corsHeaders,
  'access-control-allow-headers': allowedHeaders,
  'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE',
  'access-control-max-age': '7200',
}

/** Whether a browser asks for leave to send a request. */
export function isPreflight(exchange: Exchange): boolean {
  return (
    exchange.method === 'OPTIONS' && exchange.headers['access-control-request-method'] !== undefined
  )
}

/** Gives leave. */
export function answerPreflight(exchange: Exchange): void {
  exchange.reply(200, preflightHeaders, Buffer.alloc(0))
}
