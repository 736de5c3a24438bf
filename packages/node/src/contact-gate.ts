// Contact topics hold key bundles that others will encrypt to, so a node takes only bundles that the
// topic's account vouches for, and never an older one over a newer.

import type { VerifyCrypto } from '@posthorn/crypto/verify'
import { type Envelope, topicCategory, topicOwner } from '@posthorn/envelope'
import { AdmissionError, ProtocolError, ValidationError } from '@posthorn/errors'
import {
  type ContactBundle,
  decodeContactBundle,
  verifyContactBundle,
} from '@posthorn/identity/verify'
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

type Contact = { readonly topic: string; readonly bundle: ContactBundle }

// As many of a topic's newest rows as clients read, and as many again.
const newestRows = 10
// Each costs two key recoveries; clients send two at most.
const maxContacts = 10
const maxSkewNs = 5n * 60n * 1_000_000_000n

/** Creates a contact gate. */
export function createContactGate({ store, crypto, clock }: ContactGateParts): ContactGate {
  const locks = createTopicLocks()

  const newestStored = async (topic: string): Promise<ContactBundle | undefined> => {
    const rows = await store.range({ topics: [topic], direction: 'descending', limit: newestRows })
    return rows.map(({ message }) => tryDecode(message)).reduce(newerOf, undefined)
  }
  const checkOrder = async (contacts: readonly Contact[]): Promise<void> => {
    const newestOf = new Map<string, ContactBundle | undefined>()
    for (const { topic, bundle } of contacts) {
      const newest = newestOf.get(topic) ?? (await newestStored(topic))
      if (newest !== undefined && compareAge(bundle, newest) < 0) throw olderBundle()
      newestOf.set(topic, bundle)
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
  const bundle = verifyBundle(crypto, envelope.message)
  if (bundle.address !== topicOwner(envelope.contentTopic)) {
    throw new AdmissionError(
      'contact/not-owner',
      'Publish contact: publishing to restricted topic: the bundle is of another account than the topic',
    )
  }
  return { topic: envelope.contentTopic, bundle }
}

function verifyBundle(
  crypto: VerifyCrypto,
  bytes: Uint8Array,
): ReturnType<typeof verifyContactBundle> {
  try {
    return verifyContactBundle(crypto, bytes)
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause
    throw new AdmissionError(
      'contact/not-a-bundle',
      `Publish contact: expected a key bundle signed by the topic's account: ${cause.message}`,
      { cause },
    )
  }
}

function tryDecode(bytes: Uint8Array): ContactBundle | undefined {
  try {
    return decodeContactBundle(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

function newerOf(
  a: ContactBundle | undefined,
  b: ContactBundle | undefined,
): ContactBundle | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareAge(a, b) < 0 ? b : a
}

function compareAge({ keyBundle: a }: ContactBundle, { keyBundle: b }: ContactBundle): number {
  return (
    compareNs(a.identityKey.createdNs, b.identityKey.createdNs) ||
    compareNs(a.preKey.createdNs, b.preKey.createdNs)
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
