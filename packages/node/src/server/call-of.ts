import type { Call } from '../api/method.ts'
import { holdAnswer } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { clientAddressOf, headerOf } from './request-headers.ts'
import type { ServeContext } from './serve-context.ts'

/** Who calls, as far as the headers and the connection tell. */
export function callOf(exchange: Exchange, context: ServeContext): Call {
  const remoteAddress = clientAddressOf(exchange, context)
  return {
    authorization: headerOf(exchange, 'authorization'),
    remoteAddress,
    hold: (lengthBytes) => holdAnswer(exchange, lengthBytes, context),
    spend: (cost) => context.reads.spend(remoteAddress, cost),
  }
}
