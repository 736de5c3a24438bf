import type { Answer, Envelope, Live } from './api.ts'

/** The side of a stream that the connection fills. */
export type LiveFeed = {
  readonly live: Live
  opened(headers: Readonly<Record<string, unknown>>): void
  put(envelope: Envelope): void
  end(answer: Answer<undefined>): void
}

// Gateways hold headers back until the first message; by then they are subscribed.
const heldBackMs = 1_000

/** A stream without a connection yet. */
export function createLive(cancel: () => void): LiveFeed {
  const received: Envelope[] = []
  const waiting = new Set<() => void>()
  const opening = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Answer<undefined>>()
  let headers: Readonly<Record<string, unknown>> | undefined
  const patience = setTimeout(opening.resolve, heldBackMs)
  const wake = () => {
    for (const look of waiting) look()
  }
  const take: Live['take'] = (wanted, timeoutMs) =>
    new Promise((resolve) => {
      const look = () => {
        if (received.length < wanted) return
        finish()
      }
      const finish = () => {
        clearTimeout(timer)
        waiting.delete(look)
        resolve(received)
      }
      const timer = setTimeout(finish, timeoutMs)
      waiting.add(look)
      look()
    })
  return {
    live: {
      ready: opening.promise,
      headers: () => headers,
      received,
      take,
      ended: ended.promise,
      cancel: () => {
        clearTimeout(patience)
        cancel()
      },
    },
    opened: (fields) => {
      headers = fields
      clearTimeout(patience)
      opening.resolve()
    },
    put: (envelope) => {
      received.push(envelope)
      wake()
    },
    end: (answer) => {
      clearTimeout(patience)
      opening.resolve()
      ended.resolve(answer)
    },
  }
}

/** Whether an envelope says nothing: what keeps idle streams of some nodes alive. */
export function isKeepAlive({ contentTopic, timestampNs, message }: Envelope): boolean {
  return contentTopic === '' && timestampNs === 0n && message.length === 0
}
