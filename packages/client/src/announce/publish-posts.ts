// Publishing what was sealed for a group of recipients: in one request, and one recipient at a time where the node
// does not take them all.

import type { Envelope } from '@posthorn/envelope'
import {
  AdmissionError,
  NotFoundError,
  type ProtocolError,
  ValidationError,
} from '@posthorn/errors'
import type { Pace } from '../pace.ts'
import type { Publisher } from '../publisher.ts'
import type { Settled } from './job-log.ts'
import type { SealedPosts } from './job-record.ts'
import { refusal } from './recipients.ts'

/** What publishing needs. */
export type PublishPostsParts = {
  readonly publisher: Publisher
  readonly pace: Pace
  readonly signal: AbortSignal
}

/**
 * What became of each recipient; publishing again is harmless, as the bytes are the same.
 *
 * @throws what stops the whole job: the node cannot be reached, or does not know this account
 */
export async function publishPosts(
  parts: PublishPostsParts,
  group: readonly SealedPosts[],
): Promise<readonly Settled[]> {
  if (group.length === 0) return []
  try {
    await publish(parts, group)
    return group.map(({ address, outcome }) => ({ address, outcome }))
  } catch (error) {
    if (!isRefusal(error)) throw error
    const [only] = group
    if (only !== undefined && group.length === 1) return [refusal(only.address, error)]
  }
  const settled: Settled[] = []
  for (const each of group) settled.push(...(await publishPosts(parts, [each])))
  return settled
}

function publish(
  { publisher, pace, signal }: PublishPostsParts,
  group: readonly SealedPosts[],
): Promise<void> {
  const envelopes = group.flatMap(envelopesOf)
  return pace.patiently(() => publisher.publish(envelopes, { signal }))
}

function envelopesOf({ posts }: SealedPosts): Envelope[] {
  return posts.flatMap(({ topics, timestampNs, message }) =>
    topics.map((contentTopic) => ({ contentTopic, timestampNs, message })),
  )
}

// The node has looked at what was sent and does not take it.
function isRefusal(error: unknown): error is ProtocolError {
  return (
    error instanceof ValidationError ||
    error instanceof NotFoundError ||
    error instanceof AdmissionError
  )
}
