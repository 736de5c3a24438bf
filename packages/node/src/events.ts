// What happens in a node that its operator may want to know: one helper each, told to the log and counted.
// Never an address, a topic or a payload.

import type { Envelope, TopicCategory } from '@posthorn/envelope'
import { grpcStatus, ProtocolError, statusOf } from '@posthorn/errors'
import type { PruneReport } from '@posthorn/store'
import { isOurFault } from './api/failure.ts'
import type { Logger } from './logger.ts'
import type { EndedCall, Tally } from './metrics/tally.ts'

/** Business events. */
export type Events = {
  ready(facts: {
    readonly api: readonly string[]
    readonly store: string
    readonly admin: string | undefined
  }): void
  /** What the store held when the node started. */
  storeCounted(counts: { readonly envelopes: number; readonly topics: number }): void
  /** There is no place for the token of the admin API, and nobody asked for the API. */
  adminOff(error: unknown): void
  draining(): void
  stopped(): void
  published(envelopes: readonly Envelope[]): void
  /** The store has made envelopes durable. */
  appended(envelopeCount: number, durationMs: number): void
  appendFailed(error: unknown): void
  /** A client asked for so many topics. */
  subscribed(topicCount: number): void
  /** The store has read a page for a client. */
  rangeRead(rowCount: number, durationMs: number): void
  /** A call has been answered, or its stream is over. */
  callEnded(call: EndedCall): void
  /** A call was refused or failed. */
  callFailed(rpc: string, error: unknown): void
  streamOpened(rpc: string): void
  streamClosed(rpc: string): void
  /** A subscriber's buffer was full, so its stream was ended. */
  subscriberTooSlow(): void
  /** A client did not read its stream for too long and was cut off. */
  streamStalled(): void
  /** What other nodes stored cannot be read at the moment, so streams wait. */
  feedBroken(error: unknown): void
  /** It can be read again. */
  feedMended(): void
  /** A client reset streams faster than it may, so its connection was closed. */
  resetFlood(): void
  /** A connection sent headers, again and again, that never became a call, and was closed. */
  headerFlood(): void
  /** Somebody changed settings by the admin API. */
  settingsChanged(change: { readonly version: number; readonly keys: number }): void
  /** Retention deleted rows. */
  pruned(category: TopicCategory, report: PruneReport): void
  pruneFailed(error: unknown): void
  /** The configuration was read again. */
  reloaded(change: {
    readonly applied: readonly string[]
    readonly needRestart: readonly string[]
  }): void
  reloadFailed(error: unknown): void
  /** A copy of the store was written. */
  backedUp(): void
  /** The whole store was looked through. */
  verified(report: { readonly envelopes: number; readonly faults: number }): void
}

/** Writes events to a log and counts them. */
export function createEvents(log: Logger, tally: Tally): Events {
  return { ...lifeEvents(log), ...callEvents(log, tally), ...upkeepEvents(log, tally) }
}

type LifeEvents = Pick<Events, 'ready' | 'adminOff' | 'storeCounted' | 'draining' | 'stopped'>
type UpkeepEvents = Pick<
  Events,
  | 'settingsChanged'
  | 'pruned'
  | 'pruneFailed'
  | 'reloaded'
  | 'reloadFailed'
  | 'backedUp'
  | 'verified'
>

function lifeEvents(log: Logger): LifeEvents {
  return {
    ready: ({ api, store, admin }) =>
      log.info({ event: 'ready', api, store, admin }, 'Node is ready'),
    adminOff: (error) =>
      log.warn({ event: 'admin-off', error }, 'No admin API: no place for its token'),
    storeCounted: ({ envelopes, topics }) =>
      log.info({ event: 'store-counted', envelopes, topics }, 'Store is open'),
    draining: () => log.info({ event: 'draining' }, 'Node stops taking connections and finishes'),
    stopped: () => log.info({ event: 'stopped' }, 'Node has stopped'),
  }
}

function callEvents(
  log: Logger,
  tally: Tally,
): Omit<Events, keyof LifeEvents | keyof UpkeepEvents> {
  return {
    published: (envelopes) => {
      tally.published(envelopes)
      log.debug({ event: 'published', envelopes: envelopes.length }, 'Envelopes accepted')
    },
    appended: (envelopeCount, durationMs) => {
      tally.append.envelopes.observe(envelopeCount)
      tally.append.durationMs.observe(durationMs)
    },
    appendFailed: () => tally.occurred('appendFailed'),
    rangeRead: (rowCount, durationMs) => {
      tally.range.rows.observe(rowCount)
      tally.range.durationMs.observe(durationMs)
    },
    subscribed: (topicCount) => tally.streamTopics.observe(topicCount),
    callEnded: tally.call,
    callFailed: (rpc, error) => {
      const code = error instanceof ProtocolError ? error.code : 'internal/unexpected'
      tally.refused(code)
      logFailure(log, { rpc, code, error })
    },
    streamOpened: (rpc) => log.debug({ event: 'stream-opened', rpc }, 'Stream opened'),
    streamClosed: (rpc) => log.debug({ event: 'stream-closed', rpc }, 'Stream closed'),
    subscriberTooSlow: () => {
      tally.occurred('subscriberTooSlow')
      log.info({ event: 'subscriber-too-slow' }, 'Stream ended: its client reads too slowly')
    },
    streamStalled: () => {
      tally.occurred('streamStalled')
      log.info({ event: 'stream-stalled' }, 'Stream cut off: its client stopped reading')
    },
    feedBroken: (error) => {
      tally.occurred('feedBroken')
      log.warn({ event: 'feed-broken', error }, 'Streams wait: the store cannot be read')
    },
    feedMended: () => log.info({ event: 'feed-mended' }, 'Streams go on: the store can be read'),
    resetFlood: () => {
      tally.occurred('resetFlood')
      log.warn({ event: 'reset-flood' }, 'Connection closed: its client resets too many streams')
    },
    headerFlood: () => {
      tally.occurred('headerFlood')
      log.warn(
        { event: 'header-flood' },
        'Connection closed: its client sends headers that never become a call',
      )
    },
  }
}

function upkeepEvents(log: Logger, tally: Tally): UpkeepEvents {
  return {
    settingsChanged: ({ version, keys }) => {
      tally.occurred('settingsChanged')
      log.info({ event: 'settings-changed', version, keys }, 'Settings changed')
    },
    pruned: (category, { envelopes, bytes }) => {
      tally.prunedRows(category, { envelopes, bytes })
      log.info({ event: 'pruned', category, envelopes, bytes }, 'Retention deleted envelopes')
    },
    pruneFailed: (error) => log.warn({ event: 'prune-failed', error }, 'Retention goes on later'),
    reloaded: ({ applied, needRestart }) =>
      log.info({ event: 'reloaded', applied, needRestart }, 'Configuration read again'),
    reloadFailed: (error) =>
      log.warn({ event: 'reload-failed', error }, 'Configuration stays: the new one is no good'),
    backedUp: () => log.info({ event: 'backed-up' }, 'Copy of the store written'),
    verified: ({ envelopes, faults }) =>
      log.info({ event: 'verified', envelopes, faults }, 'Store looked through'),
  }
}

type CallFailure = { readonly rpc: string; readonly code: string; readonly error: unknown }

function logFailure(log: Logger, { rpc, code, error }: CallFailure): void {
  const fields = { event: 'call-failed', rpc, code, status: statusOf(error) }
  if (fields.status === grpcStatus.cancelled) log.debug(fields, 'Client went away')
  else if (isOurFault(error)) log.error({ ...fields, error }, 'Call failed')
  else log.debug(fields, 'Call refused')
}
