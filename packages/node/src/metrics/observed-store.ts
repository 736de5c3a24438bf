// The store as the API uses it, with its work told to the events.

import type { EnvelopeStore } from '@posthorn/store'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'

/** What observing needs. */
export type ObserverParts = {
  readonly clock: Clock
  readonly events: Pick<Events, 'appended' | 'appendFailed' | 'rangeRead'>
}

/** The same store; `append` and `range` are told. */
export function observedStore(
  store: EnvelopeStore,
  { clock, events }: ObserverParts,
): EnvelopeStore {
  return {
    tail: (query) => store.tail(query),
    scan: () => store.scan(),
    counts: () => store.counts(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    append: async (envelopes) => {
      const startedMs = clock.monotonicMs()
      try {
        const results = await store.append(envelopes)
        events.appended(envelopes.length, clock.monotonicMs() - startedMs)
        return results
      } catch (error) {
        events.appendFailed(error)
        throw error
      }
    },
    range: async (query) => {
      const startedMs = clock.monotonicMs()
      const rows = await store.range(query)
      events.rangeRead(rows.length, clock.monotonicMs() - startedMs)
      return rows
    },
  }
}
