// What a cursor without a time means. Clients have depended on it comparing digests alone; but the cursor
// behind a row of time 0 looks the same, because zeros are not written.

import { compareBytes } from '@posthorn/bytes'
import type { EnvelopeStore, RangeQuery } from '@posthorn/store'

/** The query with its cursor made whole, where it is one behind a row of time 0 in the topics asked for. */
export async function withWholeCursor(
  store: Pick<EnvelopeStore, 'range'>,
  query: RangeQuery,
): Promise<RangeQuery> {
  const { after, topics } = query
  if (after === undefined || after.timestampNs !== undefined) return query
  const { digest } = after
  const [row] = await store.range({
    topics,
    endNs: 0n,
    // The first place behind the digest; going down from there, the digest itself comes first.
    after: { timestampNs: 0n, digest: Uint8Array.of(...digest, 0) },
    direction: 'descending',
    limit: 1,
  })
  const isRow = row !== undefined && compareBytes(row.digest, digest) === 0
  return isRow ? { ...query, after: { timestampNs: 0n, digest } } : query
}
