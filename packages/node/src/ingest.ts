// The pipeline that every published envelope passes, whatever protocol brought it:
// validate, authorise, admit, append, deliver.

import { checkEnvelope, type Envelope, isEphemeralTopic, topicOwner } from '@posthorn/envelope'
import { AdmissionError, ValidationError } from '@posthorn/errors'
import type { Admission } from '@posthorn/postage'
import type { AppendResult, EnvelopeStore, Store } from '@posthorn/store'
import type { Reads } from './admission/reads.ts'
import type { Authenticator } from './authenticator.ts'
import type { ClosedTopics } from './closed-topics.ts'
import type { ContactGate } from './contact-gate.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Events } from './events.ts'

/** What a client wants to publish, and what is known of the client. */
export type Submission = {
  readonly envelopes: readonly Envelope[]
  readonly authorization: string | undefined
  readonly remoteAddress: string | undefined
}

/** The one way into the node. */
export type Ingest = {
  /**
   * Resolves once every envelope is durable and on its way to live streams; nothing is kept of a
   * submission that is refused.
   *
   * @throws ValidationError, VerificationError, AdmissionError, StorageError
   */
  publish(submission: Submission): Promise<void>
}

/** What the pipeline is made of. */
export type IngestParts = {
  readonly store: EnvelopeStore
  /** Brings what is never stored to the streams of all nodes of a shared store. */
  readonly broadcast: Store['broadcast']
  readonly dispatcher: Dispatcher
  readonly admission: Admission
  readonly reads: Pick<Reads, 'spend'>
  readonly contacts: ContactGate
  readonly closedTopics: ClosedTopics
  /** Undefined when the node asks for no token. */
  readonly authenticator: Authenticator | undefined
  readonly events: Events
  readonly maxEnvelopes: number
  /** Others append to the store, too: what is stored is then delivered from there. */
  readonly isShared: boolean
}

/** Creates the pipeline. */
export function createIngest(parts: IngestParts): Ingest {
  const { store, dispatcher, admission, reads, contacts, authenticator, events } = parts

  const append = async (envelopes: readonly Envelope[]): Promise<void> => {
    const [passing, lasting] = [envelopes.filter(isPassing), envelopes.filter(isLasting)]
    if (parts.isShared && passing.length > 0) await parts.broadcast(passing)
    const results = lasting.length === 0 ? [] : await store.append(lasting)
    // In the same turn as the store's answer: appends are answered in the order of their sequences,
    // so live streams see the order of the store.
    if (parts.isShared) for (const { sequence } of results) dispatcher.acknowledge(sequence)
    else dispatcher.dispatch(deliveriesOf(envelopes, results))
    events.published(envelopes)
  }

  return {
    publish: async ({ envelopes, authorization, remoteAddress }) => {
      checkCount(envelopes.length, parts.maxEnvelopes)
      for (const envelope of envelopes) checkEnvelope(envelope)
      // Looking at a token costs like a query, so that nobody has many checked that do not hold.
      const spend = (): void => reads.spend(remoteAddress, 1)
      const address = authenticator?.authenticate(authorization, spend)
      if (address !== undefined) checkOwners(envelopes, address)
      const decision = await admission.decide({ envelopes, address, remoteAddress })
      if (decision.kind === 'refused') throw decision.error
      await parts.closedTopics.check(envelopes)
      await contacts.guard(envelopes, () => append(envelopes))
    },
  }
}

// What was there before was delivered before.
function deliveriesOf(
  envelopes: readonly Envelope[],
  results: readonly AppendResult[],
): readonly Delivery[] {
  const deliveries: Delivery[] = []
  let at = 0
  for (const envelope of envelopes) {
    const result = isPassing(envelope) ? undefined : results[at++]
    if (result?.isDuplicate !== true) deliveries.push(deliveryOf(envelope, result?.sequence))
  }
  return deliveries
}

function isPassing({ contentTopic }: Envelope): boolean {
  return isEphemeralTopic(contentTopic)
}

function isLasting(envelope: Envelope): boolean {
  return !isPassing(envelope)
}

function checkCount(count: number, max: number): void {
  if (count <= max) return
  throw new ValidationError(
    'publish/too-many-envelopes',
    `Publish: ${count} envelopes in one request, expected at most ${max}`,
  )
}

function checkOwners(envelopes: readonly Envelope[], address: string): void {
  for (const { contentTopic } of envelopes) {
    const owner = topicOwner(contentTopic)
    if (owner === undefined || owner === address) continue
    throw new AdmissionError(
      'publish/restricted-topic',
      'Publish: publishing to restricted topic: it belongs to another account than the token',
    )
  }
}
