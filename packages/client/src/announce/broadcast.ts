// The same message to many, each in a conversation of its own.

import { concatBytes, toHex, toUtf8 } from '@posthorn/bytes'
import { type EncodeOptions, encodeContent, type OutgoingContent } from '@posthorn/content'
import type { Client } from '../client.ts'
import { type NewDeposit, sealDeposit } from '../escrow/escrow-log.ts'
import { type ClientInternals, internalsOf } from '../internals.ts'
import type { SealedPosts } from './job-record.ts'
import type { AnnouncementResult } from './outcome.ts'
import { type JobOptions, runJob } from './run-job.ts'
import type { Announcement } from './seal-for.ts'

/** What to send to whom. */
export type BroadcastOptions = JobOptions &
  Pick<EncodeOptions, 'contentType' | 'compression'> & {
    /** Addresses in any case; each account is written to once. */
    readonly recipients: Iterable<string>
    /** A text, or content of `contentType`. */
    readonly content: unknown
    /** Default: the conversation without an id, or a new one. */
    readonly conversationId?: string | undefined
    /** Travels with the invitations of conversations that begin. */
    readonly metadata?: Readonly<Record<string, string>> | undefined
    /** Travels the same way: a recipient's signed word that it wants to hear from this account. */
    readonly consentProofOf?: Announcement['consentProofOf']
    /** Keeps the message for who has not joined, for `deliveries` of an escrow to deliver; default: false. */
    readonly isKeptForUnregistered?: boolean | undefined
  }

/**
 * Sends a message to many accounts, 50 in a request, and hands over each recipient once it is settled. With a
 * journal that outlives the process, a job that was interrupted anywhere goes on where it was, and everybody gets
 * the message once.
 *
 * @throws UsageError `announce/other-job`, `announce/bad-option`, `content/codec-not-registered`;
 * StorageError `announce/journal-damaged`; TransportError when the node cannot be reached for long, or
 * `transport/cancelled` when the signal aborts
 */
export async function* broadcast(
  client: Client,
  options: BroadcastOptions,
): AsyncGenerator<AnnouncementResult, void> {
  const internals = internalsOf(client)
  const { content: value, contentType, compression, conversationId, metadata } = options
  const { registry, decoding } = internals.context
  const { compressor } = decoding
  const content = await encodeContent(registry, value, { contentType, compression, compressor })
  const { consentProofOf } = options
  const conversationIdOf = (): string | undefined => conversationId
  const announcement = { content, conversationIdOf, metadata, consentProofOf }
  const digest = digestOf(internals, content, conversationId)
  const deposit = { content, conversationId, metadata }
  const keep = options.isKeptForUnregistered ? keeper(internals, deposit) : undefined
  yield* runJob(internals, { ...options, announcement, digest, sealDeposit: keep })
}

function keeper(
  { context }: ClientInternals,
  rest: Omit<NewDeposit, 'to'>,
): (address: string) => Promise<SealedPosts> {
  return async (address) => {
    const { deposit, envelope } = await sealDeposit(context, { ...rest, to: address })
    const { contentTopic, timestampNs, message } = envelope
    return {
      address,
      posts: [{ topics: [contentTopic], timestampNs, message }],
      outcome: { kind: 'queued', depositId: deposit.id },
    }
  }
}

/** What tells the job of an announcement from others; `place` names the conversations that it goes to. */
export function digestOf(
  { context: { crypto, keystore } }: ClientInternals,
  content: OutgoingContent,
  place = '',
): string {
  const { sha256 } = crypto.hash
  const texts = [keystore.address, place].map((text) => sha256(toUtf8(text)))
  return toHex(sha256(concatBytes(...texts, sha256(content.bytes))))
}
