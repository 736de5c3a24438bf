// What to believe when two nodes are asked for the keys of an account. Times of envelopes are whatever their
// publisher wrote, so only what the account itself has signed says which contact is the newest.

import { equalBytes } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { type Envelope, topicCategory, topicOwner } from '@posthorn/envelope'
import { TransportError } from '@posthorn/errors'
import { equalKeyBundles, type VerifiedContactBundle } from '@posthorn/identity'
import { newestContact } from '@posthorn/protocol-v2'
import type { NodeAnswer, SecondOpinion } from '@posthorn/transport/across-nodes'
import type { OnKeyAlarm } from './key-alarm.ts'

/** What {@link keyOpinion} needs. */
export type KeyOpinionOptions = {
  readonly crypto: Crypto
  readonly onAlarm?: OnKeyAlarm | undefined
}

/** Two nodes are asked for contacts and for kept keys. */
export function keyOpinion(options: KeyOpinionOptions): SecondOpinion {
  return {
    isWanted: (topic) => topicOwner(topic) !== undefined,
    judge: (topic, answers) =>
      topicCategory(topic) === 'contact'
        ? newestSigned(topicOwner(topic) ?? '', answers, options)
        : newestRecord(answers),
  }
}

type Candidate = {
  readonly node: string
  readonly envelope: Envelope
  readonly contact: VerifiedContactBundle
}

function newestSigned(
  address: string,
  answers: readonly NodeAnswer[],
  { crypto, onAlarm }: KeyOpinionOptions,
): readonly Envelope[] {
  const [first, second] = answers
  if (first === undefined) return []
  if (second === undefined || isSame(first, second)) return first.envelopes
  const best = answers.flatMap(({ node, envelopes }) => {
    const [newest] = candidates(crypto, address, { node, envelopes })
    return newest ?? []
  })
  const [winner] = [...best].sort(newestFirst)
  for (const { node, contact } of best) {
    if (winner === undefined || equalKeyBundles(contact.keyBundle, winner.contact.keyBundle))
      continue
    onAlarm?.({ kind: 'nodes-disagree', address, node })
  }
  return winner === undefined ? [] : [winner.envelope]
}

function candidates(
  crypto: Crypto,
  address: string,
  { node, envelopes }: NodeAnswer,
): readonly Candidate[] {
  const found = envelopes.flatMap((envelope) => {
    const contact = newestContact(crypto, address, [envelope])
    return contact === undefined ? [] : [{ node, envelope, contact }]
  })
  return found.sort(newestFirst)
}

function newestFirst({ contact: a, ...one }: Candidate, { contact: b, ...two }: Candidate): number {
  return (
    compare(b.keyBundle.identityKey.createdNs, a.keyBundle.identityKey.createdNs) ||
    compare(b.keyBundle.preKey.createdNs, a.keyBundle.preKey.createdNs) ||
    b.version.localeCompare(a.version) ||
    compare(two.envelope.timestampNs, one.envelope.timestampNs)
  )
}

// Keys that are not found are made anew, and then those that were there are lost to their account's clients. So
// one node that knows of none is not enough.
function newestRecord(answers: readonly NodeAnswer[]): readonly Envelope[] {
  const rows = answers.flatMap(({ envelopes }) => envelopes)
  if (rows.length > 0 || answers.length > 1) {
    return rows.sort((a, b) => compare(b.timestampNs, a.timestampNs))
  }
  throw new TransportError(
    'transport/unavailable',
    'Look for keys on the network: one node has none and no other one answers, wanted two answers',
  )
}

function isSame({ envelopes: a }: NodeAnswer, { envelopes: b }: NodeAnswer): boolean {
  return a.length === b.length && a.every(({ message }, at) => hasMessage(b[at], message))
}

function hasMessage(row: Envelope | undefined, message: Uint8Array): boolean {
  return row !== undefined && equalBytes(row.message, message)
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
