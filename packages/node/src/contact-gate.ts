// Contact topics hold key bundles that others will encrypt to, so a node takes only bundles that the
// topic's account vouches for, and never an older one over a newer.

import type { VerifyCrypto } from '@posthorn/crypto/verify'
import { type Envelope, topicCategory, topicOwner } from '@posthorn/envelope'
import { AdmissionError, ProtocolError, ValidationError } from '@posthorn/errors'
import { decodeContactBundle } from '@posthorn/identity/verify'
import { verifyContactEnvelope } from '@posthorn/protocol-v2/verify'
import type { EnvelopeStore } from '@posthorn/store'
import type { Clock } from './clock.ts'
import { createTopicLocks } from './topic-locks.ts'

/** Guards contact topics. */
export type ContactGate = {
  /**
   * Runs `append` if every contact among the envelopes may be stored; no other contact of the same
   * topics is stored meanwhile.
   *
   * @throws ValidationError `contact/from-future`, `contact/too-many`;
   * AdmissionError `contact/not-a-bundle`, `contact/not-owner`, `contact/older-bundle`
   */
  guard<T>(envelopes: readonly Envelope[], append: () => Promise<T>): Promise<T>
}

/** What a contact gate is made of. */
export type ContactGateParts = {
  readonly store: EnvelopeStore
  readonly crypto: VerifyCrypto
  readonly clock: Clock
}

type KeyTimes = { readonly identityCreatedNs: bigint; readonly preKeyCreatedNs: bigint }
type Contact = { readonly topic: string; readonly times: KeyTimes }

// As many of a topic's newest rows as clients read, and as many again.
const newestRows = 10
// Each costs two key recoveries; clients send two at most.
const maxContacts = 10
const maxSkewNs = 5n * 60n * 1_000_000_000n

/** Creates a contact gate. */
export function createContactGate({ store, crypto, clock }: ContactGateParts): ContactGate {
  const locks = createTopicLocks()

  const newestStored = async (topic: string): Promise<KeyTimes | undefined> => {
    const rows = await store.range({ topics: [topic], direction: 'descending', limit: newestRows })
    return rows.map(({ message }) => storedTimes(message)).reduce(newerOf, undefined)
  }
  const checkOrder = async (contacts: readonly Contact[]): Promise<void> => {
    const newestOf = new Map<string, KeyTimes>()
    for (const { topic, times } of contacts) {
      const newest = newestOf.get(topic) ?? (await newestStored(topic))
      if (newest !== undefined && compareAge(times, newest) < 0) throw olderBundle()
      newestOf.set(topic, times)
    }
  }

  return {
    guard: async (envelopes, append) => {
      const contactEnvelopes = envelopes.filter(isContact)
      if (contactEnvelopes.length === 0) return append()
      if (contactEnvelopes.length > maxContacts) throw tooMany(contactEnvelopes.length)
      const contacts = contactEnvelopes.map((envelope) =>
        verifyContact(crypto, envelope, clock.nowNs()),
      )
      return locks.hold(
        contacts.map(({ topic }) => topic),
        async () => {
          await checkOrder(contacts)
          return append()
        },
      )
    },
  }
}

function isContact(envelope: Envelope): boolean {
  return topicCategory(envelope.contentTopic) === 'contact'
}

function verifyContact(crypto: VerifyCrypto, envelope: Envelope, nowNs: bigint): Contact {
  // Clients take the newest by this time: one from the future would stay the newest for good.
  if (envelope.timestampNs > nowNs + maxSkewNs) {
    throw new ValidationError(
      'contact/from-future',
      'Publish contact: its time is more than 5 minutes ahead of the node, expected now',
    )
  }
  const topic = envelope.contentTopic
  return { topic, times: verifyOwner(crypto, topic, envelope.message) }
}

// Nobody but the owner of the topic can make what it holds, so a refusal is about leave, not about the
// token: clients would answer that one by asking their wallet again.
function verifyOwner(crypto: VerifyCrypto, topic: string, message: Uint8Array): KeyTimes {
  try {
    return verifyContactEnvelope(crypto, { owner: topicOwner(topic) ?? '', message })
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    const isForeign = cause.code === 'contact/other-account'
    throw new AdmissionError(
      isForeign ? 'contact/not-owner' : 'contact/not-a-bundle',
      `Publish contact: publishing to restricted topic: ${cause.message}`,
      { cause },
    )
  }
}

function storedTimes(message: Uint8Array): KeyTimes | undefined {
  try {
    const { identityKey, preKey } = decodeContactBundle(message).keyBundle
    return { identityCreatedNs: identityKey.createdNs, preKeyCreatedNs: preKey.createdNs }
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

function newerOf(a: KeyTimes | undefined, b: KeyTimes | undefined): KeyTimes | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareAge(a, b) < 0 ? b : a
}

function compareAge(a: KeyTimes, b: KeyTimes): number {
  return (
    compareNs(a.identityCreatedNs, b.identityCreatedNs) ||
    compareNs(a.preKeyCreatedNs, b.preKeyCreatedNs)
  )
}

function compareNs(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function tooMany(count: number): ValidationError {
  return new ValidationError(
    'contact/too-many',
    `Publish contact: ${count} contacts in one publish, expected at most ${maxContacts}`,
  )
}

function olderBundle(): AdmissionError {
  return new AdmissionError(
    'contact/older-bundle',
    'Publish contact: the topic already has a newer key bundle, expected one at least as new',
  )
}
