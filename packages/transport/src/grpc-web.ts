// gRPC-Web over `fetch`: binary where the JSON gateway has text, in browsers and everywhere else.

import type { Link } from './grpc/link.ts'
import { transportOverLink } from './grpc/transport-over-link.ts'
import { baseOf, type NodeAddress } from './node-address.ts'
import { bodyOf } from './reply-body.ts'
import type { Transport } from './transport.ts'

/** Options of {@link createGrpcWebTransport}. */
export type GrpcWebTransportOptions = NodeAddress & {
  /** Defaults to the global `fetch`. Streams take one whose replies can be read as they arrive. */
  readonly fetch?: typeof fetch | undefined
}

const contentType = 'application/grpc-web+proto'
const noTrailers = (): ReadonlyMap<string, string> => new Map()

/**
 * A transport over gRPC-Web.
 *
 * @throws UsageError `transport/bad-url`
 */
export function createGrpcWebTransport(options: GrpcWebTransportOptions): Transport {
  return transportOverLink(fetchLink(baseOf(options), options.fetch), options)
}

function fetchLink(base: string, given: typeof fetch | undefined): Link {
  return {
    call: async ({ path, headers, body, signal }) => {
      const send = given ?? globalThis.fetch
      const response = await send(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': contentType, 'X-Grpc-Web': '1' },
        body,
        signal,
        // A redirect would carry requests to a host that nobody chose.
        redirect: 'manual',
      })
      const isRedirect = response.type === 'opaqueredirect'
      const reply = {
        httpStatus: isRedirect ? 302 : response.status,
        headers: new Map(response.headers),
        pieces: bodyOf(response),
        trailers: noTrailers,
      }
      if (reply.httpStatus !== 200) response.body?.cancel().catch(() => undefined)
      return reply
    },
    [Symbol.dispose]: () => undefined,
  }
}
