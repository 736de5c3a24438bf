// Deliveries as they become possible: a stream that watches for recipients to join, and for what this account's other
// clients keep meanwhile.

import { contactTopic } from '@posthorn/envelope'
import { createTopicSet, type FollowEvent, follow, type StreamOptions } from '../follow.ts'
import { createPace } from '../pace.ts'
import type { StreamControl } from '../stream.ts'
import type { Delivery } from './deliver.ts'
import { deliverWaiting, type EscrowParts } from './deliver-waiting.ts'
import type { Deposit } from './deposit.ts'

/** Delivers what is due, then whatever becomes due. */
export function deliveriesFromNow(
  parts: EscrowParts,
  options: StreamOptions,
): (control: StreamControl) => AsyncGenerator<Delivery, void> {
  const { log } = parts
  const { context } = parts.internals
  const random = (): number => (context.crypto.randomBytes(1)[0] ?? 0) / 256
  return async function* ({ signal, onOpen }) {
    const { patiently } = createPace({
      clock: context.clock,
      random,
      signal,
      maxAttempts: Infinity,
    })
    const escrowTopic = await log.topic()
    const topics = createTopicSet([escrowTopic])
    const watch = (): void => {
      for (const { to } of log.waiting()) topics.add(contactTopic(to))
    }
    const onConnect = async (): Promise<void> => {
      await log.read({ signal })
      watch()
    }
    await patiently(onConnect)
    for await (const event of follow(context, { ...options, topics, signal, onConnect })) {
      if (event.kind === 'connected') onOpen()
      const due = await dueBy(parts, escrowTopic, event)
      watch()
      yield* deliverWaiting(parts, due, { signal, patiently })
    }
  }
}

async function dueBy(
  { log }: EscrowParts,
  escrowTopic: string,
  event: FollowEvent,
): Promise<readonly Deposit[]> {
  if (event.kind === 'connected') return log.waiting()
  const { contentTopic } = event.envelope
  if (contentTopic !== escrowTopic) {
    return log.waiting().filter(({ to }) => contactTopic(to) === contentTopic)
  }
  const deposit = await log.absorb(event.envelope)
  return deposit === undefined ? [] : [deposit]
}
