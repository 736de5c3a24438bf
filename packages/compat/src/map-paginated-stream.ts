// Pages of envelopes to pages of something else.

import type { Envelope } from './api-client.ts'

/** Turns an envelope into something else. */
export type EnvelopeMapper<Out> = (envelope: Envelope) => Promise<Out>

/** Maps the envelopes of pages; those for which the mapper throws are left out. */
export async function* mapPaginatedStream<Out>(
  pages: AsyncIterable<readonly Envelope[]>,
  mapper: EnvelopeMapper<Out>,
): AsyncGenerator<Out[]> {
  for await (const page of pages) yield await mapEnvelopes(page, mapper)
}

/** Maps envelopes; those for which the mapper throws are left out. */
export async function mapEnvelopes<Out>(
  envelopes: readonly Envelope[],
  mapper: EnvelopeMapper<Out>,
): Promise<Out[]> {
  const results = await Promise.allSettled(envelopes.map(async (each) => mapper(each)))
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
