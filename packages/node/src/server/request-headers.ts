import type { Exchange } from './exchange.ts'
import type { ServeContext } from './serve-context.ts'

/** A request header as one text; undefined when it is not there. */
export function headerOf(exchange: Exchange, name: string): string | undefined {
  const value = exchange.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** IP address of the client; behind a trusted proxy, the one that the proxy names. */
export function clientAddressOf(exchange: Exchange, context: ServeContext): string | undefined {
  return context.clientAddress(exchange.remoteAddress, headerOf(exchange, 'x-forwarded-for'))
}
