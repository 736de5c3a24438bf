// What happens in a node that its operator may want to know: one helper each. Never an address, a
// topic or a payload.

import { grpcStatus, ProtocolError, statusOf } from '@posthorn/errors'
import { isOurFault } from './api/failure.ts'
import type { Logger } from './logger.ts'

/** Business events. */
export type Events = {
  ready(facts: { readonly api: readonly string[]; readonly store: string }): void
  /** What the store held when the node started. */
  storeCounted(counts: { readonly envelopes: number; readonly topics: number }): void
  draining(): void
  stopped(): void
  published(envelopeCount: number): void
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
}

/** Writes events to a log. */
export function createEvents(log: Logger): Events {
  return {
    ready: ({ api, store }) => log.info({ event: 'ready', api, store }, 'Node is ready'),
    storeCounted: ({ envelopes, topics }) =>
      log.info({ event: 'store-counted', envelopes, topics }, 'Store is open'),
    draining: () => log.info({ event: 'draining' }, 'Node stops taking connections and finishes'),
    stopped: () => log.info({ event: 'stopped' }, 'Node has stopped'),
    published: (envelopes) => log.debug({ event: 'published', envelopes }, 'Envelopes accepted'),
    callFailed: (rpc, error) => logFailure(log, rpc, error),
    streamOpened: (rpc) => log.debug({ event: 'stream-opened', rpc }, 'Stream opened'),
    streamClosed: (rpc) => log.debug({ event: 'stream-closed', rpc }, 'Stream closed'),
    subscriberTooSlow: () =>
      log.info({ event: 'subscriber-too-slow' }, 'Stream ended: its client reads too slowly'),
    streamStalled: () =>
      log.info({ event: 'stream-stalled' }, 'Stream cut off: its client stopped reading'),
    feedBroken: (error) =>
      log.warn({ event: 'feed-broken', error }, 'Streams wait: the store cannot be read'),
    feedMended: () => log.info({ event: 'feed-mended' }, 'Streams go on: the store can be read'),
    resetFlood: () =>
      log.warn({ event: 'reset-flood' }, 'Connection closed: its client resets too many streams'),
  }
}

function logFailure(log: Logger, rpc: string, error: unknown): void {
  const code = error instanceof ProtocolError ? error.code : 'internal/unexpected'
  const fields = { event: 'call-failed', rpc, code, status: statusOf(error) }
  if (fields.status === grpcStatus.cancelled) log.debug(fields, 'Client went away')
  else if (isOurFault(error)) log.error({ ...fields, error }, 'Call failed')
  else log.debug(fields, 'Call refused')
}
