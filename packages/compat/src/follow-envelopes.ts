// Envelopes as they come, for applications that follow topics by themselves.

import { systemClock } from '@posthorn/client'
import type { Transport } from '@posthorn/transport'
import { envelopeOf, type OnConnectionLostCallback, type SubscribeCallback } from './api-client.ts'

const pauseMs = 1_000

/** What {@link followEnvelopes} needs. */
export type FollowEnvelopesOptions = {
  readonly transport: Transport
  readonly topics: readonly string[]
  readonly callback: SubscribeCallback
  readonly onConnectionLost: OnConnectionLostCallback | undefined
  readonly signal: AbortSignal
}

/** Subscribes again and again until the signal aborts. What comes in between is missed. Never rejects. */
export async function followEnvelopes(options: FollowEnvelopesOptions): Promise<void> {
  const { transport, topics, callback, onConnectionLost, signal } = options
  while (!signal.aborted) {
    let lost: Error | undefined
    try {
      for await (const envelope of transport.subscribe(topics, { signal })) {
        callback(envelopeOf(envelope))
      }
    } catch (error) {
      lost = error instanceof Error ? error : undefined
    }
    if (signal.aborted) return
    onConnectionLost?.(lost)
    await systemClock.sleep(pauseMs, { signal })
  }
}
