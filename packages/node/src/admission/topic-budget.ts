// How many topics streams may wait for: those of one client, and all of the node. Each takes memory for as
// long as its stream is open.

import { AdmissionError } from '@posthorn/errors'
import { blockText, clientBlockOf, parseIpAddress } from '@posthorn/postage'

/** What one stream takes; disposal gives it back. */
export type TopicShare = Disposable & {
  /**
   * The stream has so many topics from now on.
   *
   * @throws AdmissionError `rate/too-many-topics`, `rate/node-full`; the stream then has what it had
   */
  set(topics: number): void
}

/** Topics of all streams. */
export type TopicBudget = {
  /** The share of a stream that is about to open. */
  open(remoteAddress: string | undefined): TopicShare
  /** Topics that are taken, what streams themselves count for included. */
  taken(): number
}

/** Bounds of a budget. */
export type TopicBudgetOptions = {
  readonly maxTopics: number
  /** Of one address: a /32 of IPv4, a /64 of IPv6. */
  readonly maxClientTopics: number
}

/** A stream without topics takes memory as well, about as much as so many topics. */
export const topicsOfStream = 10

const nodeFullRetryMs = 10_000

/** A budget of which nothing is taken. */
export function createTopicBudget(options: TopicBudgetOptions): TopicBudget {
  const { maxTopics, maxClientTopics } = options
  const byClient = new Map<string, number>()
  let taken = 0

  const change = (client: string, difference: number): void => {
    const own = (byClient.get(client) ?? 0) + difference
    if (difference > 0 && own > maxClientTopics) throw tooMany(maxClientTopics)
    if (difference > 0 && taken + difference > maxTopics) throw nodeFull(maxTopics)
    taken += difference
    if (own > 0) byClient.set(client, own)
    else byClient.delete(client)
  }

  return {
    open: (remoteAddress) => {
      const client = clientOf(remoteAddress)
      let held = 0
      return {
        set: (topics) => {
          const next = topics + topicsOfStream
          change(client, next - held)
          held = next
        },
        [Symbol.dispose]: () => {
          change(client, -held)
          held = 0
        },
      }
    },
    taken: () => taken,
  }
}

function clientOf(remoteAddress: string | undefined): string {
  const address = remoteAddress === undefined ? undefined : parseIpAddress(remoteAddress)
  return address === undefined ? 'unknown' : blockText(clientBlockOf(address))
}

function tooMany(max: number): AdmissionError {
  return new AdmissionError(
    'rate/too-many-topics',
    `Subscribe: the streams of this address would have too many topics, expected at most ${max}, with ${topicsOfStream} for each stream`,
  )
}

function nodeFull(max: number): AdmissionError {
  return new AdmissionError(
    'rate/node-full',
    `Subscribe: the streams of the node would have too many topics, expected at most ${max}; try again later or at another node`,
    { retryAfterMs: nodeFullRetryMs },
  )
}
