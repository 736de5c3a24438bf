// Brings what any node appended to a shared store to the streams of this one, in the order of the store.

import type { Store } from '@posthorn/store'
import type { Clock, Timer } from './clock.ts'
import { deliveryOf } from './delivery.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Events } from './events.ts'

/** What a feed is made of. */
export type FeedParts = {
  readonly store: Store
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly events: Pick<Events, 'feedBroken' | 'feedMended'>
}

const pageRows = 1_000
const pageBytes = 4 * 1024 * 1024
const retryMs = 500

/** Follows a shared store from where it stands now, until it is disposed of. */
export async function startFeed({
  store,
  dispatcher,
  clock,
  events,
}: FeedParts): Promise<Disposable> {
  let position = (await store.counts()).lastSequence
  dispatcher.begin(position)
  let isReading = false
  let isDue = false
  let isBroken = false
  let isStopped = false
  let retry: Timer | undefined

  const readOn = async (): Promise<void> => {
    for (let isLast = false; !isLast && !isStopped; ) {
      const size = { limit: pageRows, maxBytes: pageBytes }
      const rows = await store.tail({ afterSequence: position, ...size })
      if (isStopped) return
      dispatcher.dispatch(rows.map((row) => deliveryOf(row, row.sequence)))
      position = rows.at(-1)?.sequence ?? position
      isLast = rows.length === 0
    }
  }
  const attempt = async (): Promise<void> => {
    try {
      await readOn()
      if (isBroken) events.feedMended()
      isBroken = false
    } catch (error) {
      if (!isBroken) events.feedBroken(error)
      isBroken = true
      retry?.cancel()
      retry = clock.after(retryMs, wake)
    }
  }
  const wake = (): void => {
    isDue = true
    if (!isReading) void read()
  }
  const read = async (): Promise<void> => {
    isReading = true
    while (isDue && !isStopped) {
      isDue = false
      await attempt()
    }
    isReading = false
  }
  const arrivals = store.onArrival(wake)
  wake()
  return {
    [Symbol.dispose]: () => {
      isStopped = true
      retry?.cancel()
      arrivals[Symbol.dispose]()
    },
  }
}
