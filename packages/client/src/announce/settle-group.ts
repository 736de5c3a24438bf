// One group of recipients, from looking them up to noting what became of them.

import { ProtocolError, UsageError } from '@posthorn/errors'
import type { VerifiedContactBundle } from '@posthorn/identity'
import type { Conversation as ConversationData } from '@posthorn/protocol-v2'
import type { ClientInternals } from '../internals.ts'
import type { Pace } from '../pace.ts'
import type { JobLog, Settled } from './job-log.ts'
import type { SealedPosts } from './job-record.ts'
import type { Outcome } from './outcome.ts'
import { publishPosts } from './publish-posts.ts'
import { refusal } from './recipients.ts'
import type { SealFor } from './seal-for.ts'

/** What settling needs. */
export type SettleParts = {
  readonly internals: ClientInternals
  readonly log: JobLog
  readonly pace: Pace
  readonly sealFor: SealFor
  /** Recipients who are not to be written to. */
  readonly unwanted?: ((address: string) => Outcome | undefined) | undefined
  /** Keeps the message for somebody who has not joined. */
  readonly sealDeposit?: ((address: string) => Promise<SealedPosts>) | undefined
  readonly signal: AbortSignal
}

type Prepared =
  | { readonly kind: 'settled'; readonly settled: Settled }
  | {
      readonly kind: 'sealed'
      readonly sealed: SealedPosts
      readonly conversation?: ConversationData
    }

/** What became of each recipient. @throws what stops the whole job */
export async function settleGroup(
  parts: SettleParts,
  addresses: readonly string[],
): Promise<readonly Settled[]> {
  const { log, pace, internals } = parts
  const known = addresses.flatMap((address) => log.sealedFor(address) ?? [])
  const fresh = addresses.filter((address) => log.sealedFor(address) === undefined)
  const prepared = await prepare(parts, fresh)
  const news = prepared.flatMap((each) => (each.kind === 'sealed' ? [each] : []))
  await log.noteSealed(news.map(({ sealed }) => sealed))
  const sealed = [...known, ...news.map((each) => each.sealed)]
  await pace.take(sealed.length)
  const sent = await publishPosts({ ...parts, publisher: internals.context.publisher }, sealed)
  const settled = prepared.flatMap((each) => (each.kind === 'settled' ? [each.settled] : []))
  settled.push(...sent)
  await log.noteSettled(settled)
  await takeUp(parts, settled, news)
  return settled
}

async function prepare(
  parts: SettleParts,
  addresses: readonly string[],
): Promise<readonly Prepared[]> {
  const { unwanted, pace, signal } = parts
  const { contacts } = parts.internals.context
  const outcomes = addresses.map((address) => unwanted?.(address))
  const wanted = addresses.filter((_, index) => outcomes[index] === undefined)
  const found = await pace.patiently(() => contacts.findAll(wanted, { signal }))
  const contactOf = new Map(wanted.map((address, index) => [address, found[index]]))
  const prepared: Prepared[] = []
  for (const [index, address] of addresses.entries()) {
    const outcome = outcomes[index]
    if (outcome !== undefined) prepared.push({ kind: 'settled', settled: { address, outcome } })
    else prepared.push(await seal(parts, address, contactOf.get(address)))
  }
  return prepared
}

async function seal(
  { sealFor, sealDeposit }: SettleParts,
  address: string,
  contact: VerifiedContactBundle | undefined,
): Promise<Prepared> {
  try {
    if (contact !== undefined) {
      const { conversation, ...sealed } = await sealFor(address, contact)
      return { kind: 'sealed', sealed, conversation }
    }
    if (sealDeposit !== undefined) return { kind: 'sealed', sealed: await sealDeposit(address) }
    return { kind: 'settled', settled: { address, outcome: { kind: 'not-registered' } } }
  } catch (error) {
    // A contact that does not hold is a fault of its account; a closed keystore ends the job.
    if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    return { kind: 'settled', settled: refusal(address, error) }
  }
}

type News = { readonly sealed: SealedPosts; readonly conversation?: ConversationData }

// What a client notes when it begins conversations itself.
async function takeUp(
  { internals: { book, consent }, signal }: SettleParts,
  settled: readonly Settled[],
  news: readonly News[],
): Promise<void> {
  const sent = new Set(
    settled.flatMap((each) => (each.outcome.kind === 'sent' ? each.address : [])),
  )
  for (const { sealed, conversation } of news) {
    if (conversation !== undefined && sent.has(sealed.address)) book.add(conversation)
  }
  const unknown = [...sent].filter((address) => consent.state(address) === 'unknown')
  // The messages are sent; that the peers could not be noted as allowed does not change it.
  await consent.allow(unknown, { signal }).catch(() => undefined)
}
