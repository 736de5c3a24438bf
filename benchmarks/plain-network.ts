// The counterpart of xmtp-js-network.ts for our client: the same array, the same linear search.

import type { Envelope } from '../packages/envelope/src/index.ts'
import type { Transport } from '../packages/transport/src/index.ts'

/** A transport over an array that all its users share. */
export function plainNetwork(): Transport {
  const rows: Envelope[] = []
  const query: Transport['query'] = async (request) => {
    const startNs = request.startNs ?? 0n
    const found = rows.filter(
      (row) => request.topics.includes(row.contentTopic) && row.timestampNs >= startNs,
    )
    const ordered = request.direction === 'ascending' ? found : found.toReversed()
    // One page holds everything, as in the peer's network, which asks for no cursor either.
    return { envelopes: ordered }
  }
  return {
    publish: async (envelopes) => {
      rows.push(...envelopes)
    },
    query,
    batchQuery: (requests) => Promise.all(requests.map((request) => query(request))),
    async *subscribe() {},
    [Symbol.asyncDispose]: async () => undefined,
  }
}
