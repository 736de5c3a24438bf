// Whom this account wants to hear from: decisions that all of its clients share.

import { msToNs } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import { type ConsentProof, parseAddress, verifyConsentProof } from '@posthorn/identity'
import {
  type ConsentDecision,
  type ConsentSubject,
  consentKey,
  consentState,
} from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import { type ConsentLog, createConsentLog } from './consent-log.ts'
import type { ClientContext } from './context.ts'
import { createTopicSet, follow, type StreamOptions } from './follow.ts'
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

/** How to decide. */
export type DecideOptions = CallOptions & {
  /** What the values are; default: addresses. Decisions on conversations name their topics as `groupId`. */
  readonly subject?: ConsentSubject | undefined
}

/** The account's decisions. */
export type Consent = {
  /** Reads what this account's clients have decided, and takes up consent proofs that invitations carry. */
  load(options?: CallOptions): Promise<void>
  /** What has been loaded, or decided by this client; of an address, unless told otherwise. */
  state(value: string, subject?: ConsentSubject): ConsentState
  list(): readonly ConsentItem[]
  allow(values: string | readonly string[], options?: DecideOptions): Promise<void>
  deny(values: string | readonly string[], options?: DecideOptions): Promise<void>
  /** Decisions as this account's clients make them, this one included. */
  stream(options?: StreamOptions): Promise<Stream<ConsentItem>>
  /** Allows an address unless something was decided before, as writing to it does. */
  allowIfUnknown(address: string, options?: CallOptions): Promise<void>
}

/** A consent proof that came in an invitation of `peerAddress`. */
export type OfferedProof = { readonly peerAddress: string; readonly proof: ConsentProof }

/** Creates the consent of a client; `offeredProofs` looks up the proofs in its invitations. */
export function createConsent(
  context: ClientContext,
  offeredProofs: (options: CallOptions) => Promise<readonly OfferedProof[]>,
): Consent {
  const { crypto, clock } = context
  const log = createConsentLog(context)
  // Addresses written to. What was decided once is never unknown again, so later messages need not ask.
  const decided = new Set<string>()

  const state: Consent['state'] = (value, subject = 'address') =>
    consentState(log.list(), consentKey(crypto, subject, value))

  function decideOn(decision: ConsentDecision): Consent['allow'] {
    return async (given, { subject = 'address', signal } = {}) => {
      const texts = typeof given === 'string' ? [given] : given
      const written = (text: string): string =>
        subject === 'address' ? parseAddress(crypto, text) : text
      const values = [...new Set(texts.map(written))]
      await log.decide({ decision, subject, values }, { signal })
    }
  }
  const allow = decideOn('allowed')

  async function takeUpProofs(options: CallOptions): Promise<void> {
    const nowNs = msToNs(clock.nowMs())
    const holding = (await offeredProofs(options))
      .filter(({ peerAddress }) => state(peerAddress) === 'unknown')
      .filter((offered) => holds(context, offered, nowNs))
    await allow(
      holding.map(({ peerAddress }) => peerAddress),
      options,
    )
  }

  return {
    load: async (options = {}) => {
      await log.read(options)
      await takeUpProofs(options)
    },
    state,
    list: () => [...log.list()].map(([key, { decision }]) => itemOf(key, decision)),
    allow,
    deny: decideOn('denied'),
    stream: (options = {}) =>
      openStream(decisions(context, log, options), options.signal, context.closing),
    allowIfUnknown: async (address, options = {}) => {
      if (decided.has(address)) return
      if (state(address) === 'unknown' && !log.isRead()) await log.read(options)
      if (state(address) === 'unknown') await allow(address, options)
      decided.add(address)
    },
  }
}

function decisions(
  context: ClientContext,
  log: ConsentLog,
  options: StreamOptions,
): (control: StreamControl) => AsyncGenerator<ConsentItem, void> {
  return async function* ({ signal, onOpen }) {
    const topics = createTopicSet([await context.keystore.consentTopic()])
    for await (const event of follow(context, { ...options, topics, signal })) {
      if (event.kind === 'connected') {
        onOpen()
        continue
      }
      const action = await log.absorb(event.envelope)
      if (action === undefined) continue
      for (const value of action.values) {
        yield itemOf(consentKey(context.crypto, action.subject, value), action.decision)
      }
    }
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
