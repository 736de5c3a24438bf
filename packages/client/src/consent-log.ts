// The account's consent log on the network: reading it, adding to it, and what it adds up to.

import { msToNs } from '@posthorn/bytes'
import type { Envelope } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import {
  applyConsent,
  type ConsentAction,
  type ConsentList,
  type ConsentRow,
  consentKey,
  emptyConsentList,
} from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { ClientContext } from './context.ts'
import { readHistory } from './history.ts'

/** The consent log of one account. */
export type ConsentLog = {
  /** What was read, and decided by this client. */
  list(): ConsentList
  /** Whether the log was read at least once. */
  isRead(): boolean
  read(options?: CallOptions): Promise<void>
  /** Takes up one envelope of the log; undefined when it is junk. */
  absorb(envelope: Envelope): Promise<ConsentAction | undefined>
  /** Publishes a decision. */
  decide(action: ConsentAction, options?: CallOptions): Promise<void>
}

// Clocks of an account's clients may differ this much before a decision is overlooked by `read`.
const overlapNs = 86_400_000_000_000n

/** Creates the log of a client's account. */
export function createConsentLog(context: ClientContext): ConsentLog {
  const { crypto, keystore, clock, transport, publisher, times } = context
  let list = emptyConsentList
  let newestNs: bigint | undefined

  function apply(row: ConsentRow): void {
    list = applyConsent(crypto, list, [row])
  }

  async function absorb({ message, timestampNs }: Envelope): Promise<ConsentAction | undefined> {
    const action = await tryOpen(context, message)
    if (action !== undefined) apply({ action, timestampNs })
    return action
  }

  async function read(options: CallOptions = {}): Promise<void> {
    const topics = [await keystore.consentTopic()]
    const startNs = newestNs === undefined ? undefined : newestNs - overlapNs
    const nowNs = msToNs(clock.nowMs())
    let reachedNs = newestNs ?? 0n
    for await (const envelope of readHistory(transport, { ...options, topics, startNs })) {
      await absorb(envelope)
      const { timestampNs } = envelope
      if (timestampNs <= nowNs && timestampNs > reachedNs) reachedNs = timestampNs
    }
    newestNs = reachedNs
  }

  async function decide(action: ConsentAction, options?: CallOptions): Promise<void> {
    if (action.values.length === 0) return
    // Another client's clock may be ahead; the last word still has to be the newest.
    const keys = action.values.map((value) => consentKey(crypto, action.subject, value))
    const decidedNs = keys.map((key) => (list.get(key)?.decidedNs ?? 0n) + 1n)
    const timestampNs = [times.next(), ...decidedNs].reduce((a, b) => (a > b ? a : b))
    const contentTopic = await keystore.consentTopic()
    const message = await keystore.sealConsentAction(action)
    await publisher.publish([{ contentTopic, timestampNs, message }], options)
    apply({ action, timestampNs })
  }

  return { list: () => list, isRead: () => newestNs !== undefined, read, absorb, decide }
}

// Anybody who learns the topic can publish junk on it.
async function tryOpen(
  { keystore }: ClientContext,
  bytes: Uint8Array,
): Promise<ConsentAction | undefined> {
  try {
    return await keystore.openConsentAction(bytes)
  } catch (error) {
    if (error instanceof ProtocolError && !(error instanceof UsageError)) return undefined
    throw error
  }
}
