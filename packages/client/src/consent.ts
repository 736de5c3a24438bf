// Whom this account wants to hear from: an encrypted log on the network, shared by all of its clients.

import { msToNs } from '@posthorn/bytes'
import { ProtocolError, UsageError } from '@posthorn/errors'
import { type ConsentProof, parseAddress, verifyConsentProof } from '@posthorn/identity'
import {
  applyConsent,
  type ConsentAction,
  type ConsentDecision,
  type ConsentRow,
  type ConsentSubject,
  consentKey,
  consentState,
  emptyConsentList,
} from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import type { ClientContext } from './context.ts'
import { createTopicSet, follow, type StreamOptions } from './follow.ts'
import { readHistory } from './history.ts'
import { openStream, type Stream, type StreamControl } from './stream.ts'

/** `unknown` until the account has decided. */
export type ConsentState = ConsentDecision | 'unknown'

/** One decision of the account. */
export type ConsentItem = {
  readonly subject: ConsentSubject
  /** An address in EIP-55 form, or the id of a group or inbox. */
  readonly value: string
  readonly state: ConsentDecision
}

/** The account's decisions. */
export type Consent = {
  /** Reads what this account's clients have decided, and takes up consent proofs that invitations carry. */
  load(options?: CallOptions): Promise<void>
  /** What has been loaded, or decided by this client. */
  state(address: string): ConsentState
  list(): readonly ConsentItem[]
  allow(addresses: string | readonly string[], options?: CallOptions): Promise<void>
  deny(addresses: string | readonly string[], options?: CallOptions): Promise<void>
  /** Decisions as this account's clients make them, this one included. */
  stream(options?: StreamOptions): Promise<Stream<ConsentItem>>
  /** Allows an address unless something was decided before, as writing to it does. */
  allowIfUnknown(address: string, options?: CallOptions): Promise<void>
}

/** A consent proof that came in an invitation of `peerAddress`. */
export type OfferedProof = { readonly peerAddress: string; readonly proof: ConsentProof }

// Clocks of an account's clients may differ this much before a decision is overlooked by `load`.
const overlapNs = 86_400_000_000_000n

/** Creates the consent of a client; `offeredProofs` looks up the proofs in its invitations. */
export function createConsent(
  context: ClientContext,
  offeredProofs: (options: CallOptions) => Promise<readonly OfferedProof[]>,
): Consent {
  const { crypto, keystore, clock, transport, publisher, times } = context
  let list = emptyConsentList
  let newestNs: bigint | undefined

  async function read(options: CallOptions): Promise<void> {
    const topics = [await keystore.consentTopic()]
    const startNs =
      newestNs !== undefined && newestNs > overlapNs ? newestNs - overlapNs : undefined
    const rows: ConsentRow[] = []
    for await (const envelope of readHistory(transport, { ...options, topics, startNs })) {
      const action = await tryOpen(context, envelope.message)
      if (action !== undefined) rows.push({ action, timestampNs: envelope.timestampNs })
    }
    apply(rows)
    newestNs ??= 0n
  }

  function apply(rows: readonly ConsentRow[]): void {
    list = applyConsent(crypto, list, rows)
    const nowNs = msToNs(clock.nowMs())
    for (const { timestampNs } of rows) {
      if (timestampNs <= nowNs && timestampNs > (newestNs ?? 0n)) newestNs = timestampNs
    }
  }

  async function decide(action: ConsentAction, options?: CallOptions): Promise<void> {
    if (action.values.length === 0) return
    // Another client's clock may be ahead; the last word still has to be the newest.
    const keys = action.values.map((value) => consentKey(crypto, action.subject, value))
    const decidedNs = keys.map((key) => (list.get(key)?.decidedNs ?? 0n) + 1n)
    const timestampNs = [times.next(), ...decidedNs].reduce((a, b) => (a > b ? a : b))
    const [contentTopic, message] = await Promise.all([
      keystore.consentTopic(),
      keystore.sealConsentAction(action),
    ])
    await publisher.publish([{ contentTopic, timestampNs, message }], options)
    list = applyConsent(crypto, list, [{ action, timestampNs }])
  }

  function decideOn(decision: ConsentDecision): Consent['allow'] {
    return (addresses, options) => {
      const texts = typeof addresses === 'string' ? [addresses] : addresses
      const values = texts.map((text) => parseAddress(crypto, text))
      return decide({ decision, subject: 'address', values }, options)
    }
  }

  const state = (address: string): ConsentState =>
    consentState(list, consentKey(crypto, 'address', address))

  async function takeUpProofs(options: CallOptions): Promise<void> {
    const nowNs = msToNs(clock.nowMs())
    const values = (await offeredProofs(options))
      .filter(({ peerAddress }) => state(peerAddress) === 'unknown')
      .filter((offered) => holds(context, offered, nowNs))
      .map(({ peerAddress }) => peerAddress)
    await decide({ decision: 'allowed', subject: 'address', values: [...new Set(values)] }, options)
  }

  async function* decisions(
    { signal, onOpen }: StreamControl,
    options: StreamOptions,
  ): AsyncGenerator<ConsentItem, void> {
    const topics = createTopicSet([await keystore.consentTopic()])
    for await (const event of follow(context, { ...options, topics, signal })) {
      if (event.kind === 'connected') onOpen()
      else yield* decided(event.envelope)
    }
  }

  async function* decided({
    message,
    timestampNs,
  }: {
    message: Uint8Array
    timestampNs: bigint
  }): AsyncGenerator<ConsentItem, void> {
    const action = await tryOpen(context, message)
    if (action === undefined) return
    apply([{ action, timestampNs }])
    for (const value of action.values) {
      yield itemOf(consentKey(crypto, action.subject, value), action.decision)
    }
  }

  return {
    load: async (options = {}) => {
      await read(options)
      await takeUpProofs(options)
    },
    state,
    list: () => [...list].map(([key, { decision }]) => itemOf(key, decision)),
    allow: decideOn('allowed'),
    deny: decideOn('denied'),
    stream: (options = {}) =>
      openStream((control) => decisions(control, options), options.signal, context.closing),
    allowIfUnknown: async (address, options = {}) => {
      if (state(address) === 'unknown' && newestNs === undefined) await read(options)
      if (state(address) === 'unknown') await decideOn('allowed')(address, options)
    },
  }
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

function holds({ crypto, keystore }: ClientContext, offered: OfferedProof, nowNs: bigint): boolean {
  const { proof, peerAddress: broadcasterAddress } = offered
  const { address } = keystore
  try {
    verifyConsentProof(crypto, { proof, broadcasterAddress, address, nowNs })
    return true
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
}

function itemOf(key: string, state: ConsentDecision): ConsentItem {
  const hyphen = key.indexOf('-')
  const subject = key.slice(0, hyphen) as ConsentSubject
  return { subject, value: key.slice(hyphen + 1), state }
}
