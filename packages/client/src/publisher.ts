// Publishing: with a token that is made once and made anew when a node does not take it any more.

import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { VerificationError } from '@posthorn/errors'
import type { CallOptions, Transport } from '@posthorn/transport'
import type { Clock } from './clock.ts'

// Nodes take a token for an hour; ten seconds are left for the way.
const tokenLifetimeMs = 3_590_000

/** Publishes envelopes on behalf of one account. */
export type Publisher = {
  /** Resolves once the node has acknowledged all of them. */
  publish(envelopes: readonly Envelope[], options?: CallOptions): Promise<void>
}

/** What {@link createPublisher} needs. */
export type PublisherOptions = {
  readonly transport: Transport
  readonly clock: Clock
  /** Makes the value of the `authorization` header, for a time in milliseconds. */
  createAuthorization(nowMs: number): Promise<string>
}

/** Creates a publisher; the first token is made when it is first needed. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { transport, clock, createAuthorization } = options
  let token: { readonly header: Promise<string>; readonly expiresMs: number } | undefined

  function authorization(): Promise<string> {
    const nowMs = clock.nowMs()
    if (token === undefined || nowMs >= token.expiresMs) {
      token = { header: createAuthorization(nowMs), expiresMs: nowMs + tokenLifetimeMs }
    }
    return token.header
  }

  async function attempt(envelopes: readonly Envelope[], { signal }: CallOptions): Promise<void> {
    await transport.publish(envelopes, { signal, authorization: await authorization() })
  }

  return {
    publish: async (envelopes, callOptions = {}) => {
      // Checked here too, so that a message that no node takes does not travel.
      for (const envelope of envelopes) checkEnvelope(envelope)
      try {
        await attempt(envelopes, callOptions)
      } catch (error) {
        if (!isUnauthenticated(error)) throw error
        token = undefined
        await attempt(envelopes, callOptions)
      }
    },
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof VerificationError && error.code === 'transport/unauthenticated'
}
