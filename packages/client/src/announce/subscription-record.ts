// One subscription: what makes it active, what ends it, and its line in a journal.

import { ProtocolError, StorageError } from '@posthorn/errors'
import type { ConsentProof } from '@posthorn/identity'
import type { SubscriptionChange } from './subscription-change.ts'

/** One account's subscription to one topic. */
export type Subscription = {
  /** In EIP-55 form. */
  readonly address: string
  readonly topic: string
  readonly state: SubscriptionChange['state']
  /** What the wallet signed last; undefined for who ended a subscription that is not known here. */
  readonly proof: ConsentProof | undefined
  /** When it came to be in this state, by the subscriber's clock, in milliseconds since 1970. */
  readonly changedMs: number
}

/** One line of the journal of subscriptions. */
export type SubscriptionRecord =
  | { readonly kind: 'subscription'; readonly subscription: Subscription }
  /** Up to when the subscribers' conversations have been read. */
  | { readonly kind: 'reached'; readonly ns: bigint }

type Named = Pick<Subscription, 'address' | 'topic'>

/** The subscription after a signature; undefined when it was ended later, or in the second of the signature. */
export function subscribed(
  known: Subscription | undefined,
  { address, topic, proof }: Named & { readonly proof: ConsentProof },
): Subscription | undefined {
  const signedMs = Number(proof.timestampMs)
  // What is signed tells whole seconds.
  if (known?.state === 'unsubscribed' && seconds(signedMs) <= seconds(known.changedMs)) {
    return undefined
  }
  const isOlder = known?.proof !== undefined && known.proof.timestampMs >= proof.timestampMs
  if (known !== undefined && isOlder) return known
  return { address, topic, state: 'active', proof, changedMs: signedMs }
}

/** A change of mind. */
export type Change = Named & {
  readonly state: SubscriptionChange['state']
  /** By the subscriber's clock. */
  readonly atMs: number
}

/** The subscription after a change of mind; undefined when the change changes nothing. */
export function changed(
  known: Subscription | undefined,
  { address, topic, state, atMs }: Change,
): Subscription | undefined {
  const isEnded = known?.state === 'unsubscribed'
  if (state === 'unsubscribed') {
    const signedMs = Number(known?.proof?.timestampMs ?? 0)
    const isOld = seconds(atMs) < seconds(signedMs) || (isEnded && atMs <= known.changedMs)
    return isOld ? undefined : { address, topic, state, proof: known?.proof, changedMs: atMs }
  }
  // Who has not subscribed has nothing to mute, and only a signature begins anew.
  if (known === undefined || isEnded || known.state === state) return undefined
  return atMs < known.changedMs ? undefined : { ...known, state, changedMs: atMs }
}

/** The line of a record. */
export function lineOfRecord(record: SubscriptionRecord): string {
  if (record.kind === 'reached') return JSON.stringify({ kind: 'reached', ns: `${record.ns}` })
  const { proof, ...rest } = record.subscription
  const signed = proof && { signature: proof.signature, signedMs: Number(proof.timestampMs) }
  return JSON.stringify({ kind: 'subscription', ...rest, ...signed })
}

/** The record of a line. @throws StorageError `subscription/journal-damaged` */
export function recordOfLine(line: string): SubscriptionRecord {
  try {
    const value: unknown = JSON.parse(line)
    const record = typeof value === 'object' && value !== null ? recordOf(value) : undefined
    if (record !== undefined) return record
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ProtocolError)) throw error
  }
  throw new StorageError(
    'subscription/journal-damaged',
    `Read subscriptions: found a line of ${line.length} characters that is no record`,
  )
}

const states: readonly unknown[] = ['active', 'muted', 'unsubscribed']

function recordOf(value: object): SubscriptionRecord | undefined {
  const fields = value as Readonly<Record<string, unknown>>
  const { kind, ns, address, topic, state, changedMs, signature, signedMs } = fields
  if (kind === 'reached' && typeof ns === 'string' && /^\d{1,20}$/.test(ns)) {
    return { kind: 'reached', ns: BigInt(ns) }
  }
  const isNamed = typeof address === 'string' && typeof topic === 'string' && states.includes(state)
  if (kind !== 'subscription' || !isNamed || typeof changedMs !== 'number') return undefined
  const isSigned = typeof signature === 'string' && Number.isSafeInteger(signedMs)
  const proof = isSigned ? { signature, timestampMs: BigInt(Number(signedMs)) } : undefined
  const subscription = { address, topic, state: state as Subscription['state'], proof, changedMs }
  return { kind: 'subscription', subscription }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000)
}
