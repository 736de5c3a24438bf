import type { Call } from '../api/method.ts'
import { holdAnswer } from './answer.ts'
import type { Exchange } from './exchange.ts'
import type { ServeContext } from './serve-context.ts'

/** A request header as one text; undefined when it is not there. */
export function headerOf(exchange: Exchange, name: string): string | undefined {
  const value = exchange.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Who calls, as far as the headers and the connection tell. */
export function callOf(exchange: Exchange, context: ServeContext): Call {
  return {
    authorization: headerOf(exchange, 'authorization'),
    remoteAddress: exchange.remoteAddress,
    hold: (lengthBytes) => holdAnswer(exchange, lengthBytes, context),
  }
}
