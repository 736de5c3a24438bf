// One subscription on one connection.

import type { LiveEnvelope, SubscribeOptions, Transport } from '@posthorn/transport'
import type { Clock } from './clock.ts'

/** Some gateways hold back the headers of a stream until its first message. By then they have subscribed. */
export const openGraceMs: number = 3_000

/** A subscription that the node has confirmed. */
export type Live = {
  next(): Promise<IteratorResult<LiveEnvelope, void>>
  close(): void
  /** Rejects when it breaks before anything has come. */
  readonly begun: Promise<unknown>
}

/** Resolves when the subscription is confirmed; an envelope that comes with it is kept. */
export async function subscribed(
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
  topics: readonly string[],
  options: SubscribeOptions,
): Promise<Live> {
  let onOpen = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    onOpen = resolve
  })
  const iterator = transport.subscribe(topics, { ...options, onOpen })[Symbol.asyncIterator]()
  const begun = iterator.next()
  const grace = new AbortController()
  const graceIsOver = clock.sleep(openGraceMs, { signal: grace.signal })
  await Promise.race([opened, begun, graceIsOver]).finally(() => grace.abort())
  let first: typeof begun | undefined = begun
  return {
    begun,
    next: () => {
      const result = first ?? iterator.next()
      first = undefined
      return result
    },
    close: () => void iterator.return?.().then(undefined, () => undefined),
  }
}
