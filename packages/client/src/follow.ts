// A live sequence of envelopes that outlives its connections. It subscribes first and queries afterwards, so
// nothing falls between the two; after a breakage it queries for what it missed; and it hands over nothing
// twice. Topics may be added while it runs.

import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { type Envelope, envelopeDigest } from '@posthorn/envelope'
import { AdmissionError, CodecError, type ProtocolError, StorageError } from '@posthorn/errors'
import {
  isRetryable,
  type LiveEnvelope,
  type LogMark,
  retryDelayMs,
  type Transport,
} from '@posthorn/transport'
import type { Clock } from './clock.ts'
import { type HistoryRange, readHistory } from './history.ts'
import type { Live } from './live.ts'
import { createLogProgress } from './log-progress.ts'
import { type OpenedLive, openLive } from './open-live.ts'
import { createSeenSet } from './seen-set.ts'

/** What a stream says about its connection. */
export type StreamState =
  | { readonly kind: 'live' }
  | {
      readonly kind: 'reconnecting'
      readonly delayMs: number
      readonly reason: string
      readonly error: ProtocolError
    }

/** Options that every stream takes. */
export type StreamOptions = {
  readonly signal?: AbortSignal | undefined
  /** Called whenever the connection comes or goes. What was missed in between is fetched. */
  readonly onStateChange?: ((state: StreamState) => void) | undefined
}

/** The topics of a stream; topics that its reader adds are read from their beginning. */
export type TopicSet = {
  list(): readonly string[]
  /** False when it was there already. */
  add(topic: string): boolean
  /** Calls back when topics are added, until the given function is called. One listener at a time. */
  onAdd(listener: () => void): () => void
}

/** What {@link follow} needs. */
export type FollowContext = {
  readonly transport: Transport
  readonly clock: Clock
  readonly crypto: Pick<Crypto, 'hash' | 'randomBytes'>
}

/** Options of {@link follow}. */
export type FollowOptions = Pick<StreamOptions, 'onStateChange'> & {
  readonly topics: TopicSet
  readonly signal: AbortSignal
  /**
   * Runs when a connection is confirmed after a gap (the time before the stream counts as one), for looking
   * up what only its reader can name, such as new topics. When it fails, the connection is made anew.
   */
  readonly onConnect?: ((signal: AbortSignal) => Promise<void>) | undefined
  /**
   * For readers that keep what they read: nothing is looked up, and what a connection cannot bring by itself is
   * left to the reader; `connected` says so. Topics that are added start now.
   */
  readonly lookup?: 'none' | undefined
  /** Where an earlier stream got to: the first connection goes on there, if the node's log is the same. */
  readonly resumeAt?: LogMark | undefined
  /** Called when everything up to a number of the node's log was handed over and dealt with. */
  readonly onReached?: ((mark: LogMark) => void) | undefined
}

/** What {@link follow} hands over. */
export type FollowEvent =
  | {
      /** The node has confirmed: whatever is published from now on comes, after what was missed before. */
      readonly kind: 'connected'
      /** What was missed since the last connection, or since `resumeAt`, comes by itself. */
      readonly isResumed: boolean
      /** What is followed from here on. */
      readonly topics: readonly string[]
    }
  | { readonly kind: 'envelope'; readonly envelope: LiveEnvelope }

// How far clocks of senders may be behind before a message sent during a breakage is missed.
const overlapNs = 300_000_000_000n
// Envelopes to recognise again: those that may fall into an overlap.
const maxSeen = 50_000
// A connection that lived this long, or brought anything, was a good one: the next wait starts small again.
const goodConnectionMs = 5_000

/** A set of topics to follow. */
export function createTopicSet(initial: readonly string[]): TopicSet {
  const topics = new Set(initial)
  let listener = (): void => undefined
  return {
    list: () => [...topics],
    add: (topic) => {
      if (topics.has(topic)) return false
      topics.add(topic)
      listener()
      return true
    },
    onAdd: (next) => {
      listener = next
      return () => {
        listener = () => undefined
      }
    },
  }
}

/**
 * Follows topics until the signal aborts.
 *
 * @throws the node's refusal, when trying again cannot help
 */
export async function* follow(context: FollowContext, options: FollowOptions): Events {
  const { clock } = context
  const { signal, onStateChange } = options
  const session = createSession(context, options)
  let attempt = 0
  let isAfterGap = true
  const onLive = (): void => {
    if (isAfterGap) onStateChange?.({ kind: 'live' })
    isAfterGap = false
  }
  while (!signal.aborted) {
    const startedMs = clock.nowMs()
    let isFruitful = false
    try {
      for await (const event of session.connection(isAfterGap, onLive)) {
        if (event.kind === 'envelope') isFruitful = true
        yield event
      }
      if (session.hasNewTopics()) continue
      throw new StorageError('stream/ended', 'Follow topics: the node ended the stream')
    } catch (error) {
      if (signal.aborted) return
      if (!mayTryAgain(error)) throw error
      isAfterGap = true
      const isGood = isFruitful || clock.nowMs() - startedMs >= goodConnectionMs
      attempt = isGood ? 1 : attempt + 1
      const delayMs = Math.max(error.retryAfterMs ?? 0, backOffMs(context, attempt))
      onStateChange?.({ kind: 'reconnecting', delayMs, reason: error.message, error })
      await clock.sleep(delayMs, { signal })
    }
  }
}

type Events = AsyncGenerator<FollowEvent, void>

type Session = {
  /**
   * One connection, from subscribing to its end. Ends by itself when topics were added. It is live once what was
   * missed has been looked up: that a subscription has opened says nothing, for its confirmation may be held back.
   */
  connection(isAfterGap: boolean, onLive: () => void): Events
  hasNewTopics(): boolean
}

function createSession(context: FollowContext, options: FollowOptions): Session {
  const { transport, clock, crypto } = context
  const seen = createSeenSet(maxSeen)
  const known = new Set(options.topics.list())
  const log = createLogProgress(options.resumeAt, options.onReached)
  const looksUp = options.lookup !== 'none'
  let isNoted = !looksUp
  const reach = createReach(clock)

  function isNew(envelope: Envelope): boolean {
    return seen.add(toHex(envelopeDigest(envelope, crypto.hash.sha256)))
  }

  const hasNewTopics = (): boolean => options.topics.list().length > known.size

  async function* unseen(range: HistoryRange): Events {
    for await (const envelope of readHistory(transport, range)) {
      if (isNew(envelope)) yield { kind: 'envelope', envelope }
    }
  }

  async function* arriving(live: Live): Events {
    while (!hasNewTopics()) {
      const { done, value: envelope } = await nextOf(live, hasNewTopics)
      if (done) return
      reach.saw(envelope.timestampNs)
      log.saw(envelope)
      if (isNew(envelope)) yield { kind: 'envelope', envelope }
    }
  }

  // By the node's numbers where it has any, else by time.
  async function* connected(
    { isResumed, confirm }: OpenedLive,
    added: readonly string[],
    signal: AbortSignal,
  ): Events {
    const openedNs = nowNs(clock)
    if (!isResumed && looksUp) {
      yield* unseen({ topics: [...known], startNs: reach.ns() - overlapNs, signal })
      yield* unseen({ topics: added, signal })
    }
    for (const topic of added) known.add(topic)
    if (!isResumed) reach.set(openedNs)
    confirm()
  }

  async function* connection(isAfterGap: boolean, onLive: () => void): Events {
    const { signal, end } = endingWith(options.signal)
    const topics = options.topics.list()
    const added = topics.filter((topic) => !known.has(topic))
    let live: Live | undefined
    let unlisten = (): void => undefined
    let causeOf = (error: unknown): unknown => error
    try {
      // What was stored shortly before the stream began is no news. It is noted before the subscription, so that
      // whatever comes up later and was not noted is news for certain.
      const before = { topics: [...known], startNs: reach.ns() - overlapNs, signal }
      if (!isNoted) isNoted = await drained(unseen(before))
      const opened = await openLive(context, { topics, added: looksUp ? added : [], log, signal })
      live = opened.live
      causeOf = endWhenBroken(live, end)
      if (isAfterGap) await options.onConnect?.(signal)
      yield { kind: 'connected', isResumed: opened.isResumed, topics }
      yield* connected(opened, added, signal)
      onLive()
      // A connection that brings nothing is cut short.
      unlisten = options.topics.onAdd(end)
      yield* arriving(live)
    } catch (error) {
      throw causeOf(error)
    } finally {
      unlisten()
      end()
      live?.close()
    }
  }

  return { connection, hasNewTopics }
}

type Reach = { ns(): bigint; saw(timestampNs: bigint): void; set(timeNs: bigint): void }

// Whatever was sent before has been handed over, as far as clocks agree.
function createReach(clock: Clock): Reach {
  let reachedNs = nowNs(clock)
  return {
    ns: () => reachedNs,
    // A sender's clock that is ahead must not move it past what others send now.
    saw: (timestampNs) => {
      if (timestampNs > reachedNs && timestampNs <= nowNs(clock)) reachedNs = timestampNs
    },
    set: (timeNs) => {
      reachedNs = timeNs
    },
  }
}

// Looking up what was missed is no use, and may take long, once the subscription has broken. Its breakage, not what
// that interrupted, is the cause.
function endWhenBroken(live: Live, end: () => void): (error: unknown) => unknown {
  let breakage: { readonly error: unknown } | undefined
  live.begun.catch((error: unknown) => {
    breakage = { error }
    end()
  })
  return (error) => (breakage === undefined ? error : breakage.error)
}

async function drained(events: AsyncIterable<FollowEvent>): Promise<true> {
  for await (const _ of events);
  return true
}

async function nextOf(
  live: Live,
  isCutShort: () => boolean,
): Promise<IteratorResult<LiveEnvelope, void>> {
  try {
    return await live.next()
  } catch (error) {
    if (!isCutShort()) throw error
    return { done: true, value: undefined }
  }
}

/** A signal that aborts with another one, or when it is ended. */
function endingWith(other: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const ending = new AbortController()
  const end = (): void => {
    other.removeEventListener('abort', end)
    ending.abort()
  }
  other.addEventListener('abort', end, { once: true })
  return { signal: ending.signal, end }
}

/** Whether trouble may pass: everything but refusals. */
export function mayTryAgain(error: unknown): error is ProtocolError {
  return (
    isRetryable(error) ||
    error instanceof StorageError ||
    error instanceof CodecError ||
    (error instanceof AdmissionError && error.code === 'rate/exceeded')
  )
}

function backOffMs({ crypto }: FollowContext, attempt: number): number {
  return retryDelayMs(attempt, { random: () => (crypto.randomBytes(1)[0] ?? 0) / 256 })
}

function nowNs(clock: Clock): bigint {
  return BigInt(clock.nowMs()) * 1_000_000n
}
