// What nodes have stored, page after page.

import type { Direction, Envelope } from '@posthorn/envelope'
import type { QueryPage, QueryRequest, Transport } from '@posthorn/transport'

/** Which stored envelopes to read. */
export type HistoryRange = {
  readonly topics: readonly string[]
  /** Inclusive. */
  readonly startNs?: bigint | undefined
  /** Inclusive. */
  readonly endNs?: bigint | undefined
  readonly direction?: Direction | undefined
  /** 1 to 100; default 100. */
  readonly pageSize?: number | undefined
  readonly signal?: AbortSignal | undefined
}

// A request has to fit a node's limits on bodies, whatever the number of conversations.
const maxTopicsPerQuery = 400

/** Pages of stored envelopes, in the order of nodes; oldest first unless told otherwise. */
export async function* readPages(
  transport: Transport,
  range: HistoryRange,
): AsyncGenerator<readonly Envelope[], void> {
  const { topics, signal, pageSize: limit, direction = 'ascending', endNs } = range
  if (endNs !== undefined && endNs < 0n) return
  // Nothing is older than 1970, and the wire has no negative times.
  const startNs = range.startNs !== undefined && range.startNs > 0n ? range.startNs : undefined
  let cursor: QueryRequest['cursor']
  do {
    const request = { topics, startNs, endNs, direction, limit, cursor }
    const page: QueryPage = await transport.query(request, { signal })
    if (page.envelopes.length > 0) yield page.envelopes
    // A node that answers with a cursor and no rows has nothing more.
    cursor = page.envelopes.length > 0 ? page.nextCursor : undefined
  } while (cursor !== undefined)
}

/** Stored envelopes of any number of topics, oldest first within each group of topics. */
export async function* readHistory(
  transport: Transport,
  range: HistoryRange,
): AsyncGenerator<Envelope, void> {
  for (let at = 0; at < range.topics.length; at += maxTopicsPerQuery) {
    const topics = range.topics.slice(at, at + maxTopicsPerQuery)
    for await (const page of readPages(transport, { ...range, topics })) yield* page
  }
}
