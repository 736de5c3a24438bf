// A network in memory for the published SDK, so that its client can be measured in process and without HTTP.

type Row = {
  readonly contentTopic: string
  readonly timestampNs: string
  readonly message: Uint8Array
}
type Publish = { contentTopic: string; message: Uint8Array; timestamp?: Date }
type Query = { contentTopic: string; startTime?: Date }
type QueryOptions = { direction?: number | string; limit?: number }

/** What the SDK's option `apiClientFactory` is to return. */
export type MemoryNetwork = Readonly<Record<string, unknown>>

/** An `ApiClient` of the SDK over an array. */
export function memoryNetwork(): MemoryNetwork {
  const rows: Row[] = []
  const query = async ({ contentTopic, startTime }: Query, options: QueryOptions = {}) => {
    const startNs = startTime === undefined ? 0n : BigInt(startTime.getTime()) * 1_000_000n
    const found = rows.filter(
      (row) => row.contentTopic === contentTopic && BigInt(row.timestampNs) >= startNs,
    )
    const isDescending = [2, 'SORT_DIRECTION_DESCENDING'].includes(options.direction ?? 0)
    return (isDescending ? found.toReversed() : found).slice(0, options.limit || undefined)
  }
  return {
    setAuthenticator: () => undefined,
    publish: async (messages: readonly Publish[]) => {
      for (const { contentTopic, message, timestamp } of messages) {
        const timestampNs = String(BigInt((timestamp ?? new Date()).getTime()) * 1_000_000n)
        rows.push({ contentTopic, message, timestampNs })
      }
    },
    query,
    batchQuery: (queries: readonly (Query & QueryOptions)[]) =>
      Promise.all(queries.map((one) => query(one, one))),
    async *queryIterator(one: Query, options: QueryOptions) {
      yield* await query(one, options)
    },
    async *queryIteratePages(one: Query, options: QueryOptions) {
      yield await query(one, options)
    },
    subscribe: () => ({ unsubscribe: async () => undefined }),
  }
}
