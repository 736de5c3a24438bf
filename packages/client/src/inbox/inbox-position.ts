// How far an inbox has read: by the numbers of the node's log, and by time for nodes that have none.

import type { LocalBatch, LocalStore } from '@posthorn/local-store'
import type { LogMark } from '@posthorn/transport'
import type { Clock } from '../clock.ts'
import { logPurpose, reachedKey } from './inbox-settings.ts'

/** Where an inbox is. */
export type InboxPosition = {
  /** Where the store says that the last session got to; undefined where nothing can be resumed. */
  resume(): Promise<LogMark | undefined>
  /** As far as everything is filed. */
  mark(): LogMark | undefined
  moveTo(mark: LogMark | undefined): void
  /** A connection was made, or brought something. */
  alive(): void
  /** From when on something may be missing, when a connection does not go on where the last one was. */
  missedSince(): Promise<bigint | undefined>
  /** What was missed has to be read first: until `caughtUp`, nothing is stored about how far the log was read. */
  behind(): void
  caughtUp(): void
  isCaughtUp(): boolean
  /** What a put has to say about it, with `mark` as the place it gets to. */
  marks(mark: LogMark | undefined): Pick<LocalBatch, 'progress' | 'settings'>
}

// What clocks may differ by within one session; and for how long a message may have waited in its sender's outbox
// to be found in the next one, on nodes that do not number what they store.
const sessionOverlapNs = 300_000_000_000n
const openingOverlapNs = 86_400_000_000_000n

/** The position of a session; it knows nothing before `resume`. */
export function createInboxPosition(store: LocalStore, clock: Pick<Clock, 'nowMs'>): InboxPosition {
  let at: LogMark | undefined
  let isCaughtUp = false
  let aliveNs: bigint | undefined

  return {
    resume: async () => {
      const stored = await store.progress(logPurpose)
      // The empty name stands for a node without numbers.
      at = stored === undefined || stored.logId === '' ? undefined : stored
      isCaughtUp = at !== undefined
      return at
    },
    mark: () => at,
    moveTo: (mark) => {
      at = mark
    },
    alive: () => {
      aliveNs = BigInt(clock.nowMs()) * 1_000_000n
    },
    // Numbers of a log that is gone, or of another node's, say nothing about what this one has: everything is read
    // anew, and what is known is recognised. Of nodes without numbers, times are all there is.
    missedSince: async () => {
      if (at !== undefined) return undefined
      if (aliveNs !== undefined) return aliveNs - sessionOverlapNs
      const reached = await store.setting(reachedKey)
      return typeof reached === 'string' ? BigInt(reached) - openingOverlapNs : undefined
    },
    behind: () => {
      isCaughtUp = false
      at = undefined
    },
    caughtUp: () => {
      isCaughtUp = true
    },
    isCaughtUp: () => isCaughtUp,
    marks: (mark) => {
      if (!isCaughtUp) return {}
      const { logId, sequence } = mark ?? { logId: '', sequence: 0 }
      const settings = aliveNs === undefined ? [] : [{ key: reachedKey, value: String(aliveNs) }]
      return { progress: [{ purpose: logPurpose, logId, sequence }], settings }
    },
  }
}
