import type { LocalMessage, OutboxEntry, OutboxEnvelope } from '../records.ts'

/** A message with the envelopes that carry it, sealed. */
export type NewOutboxEntry = {
  /** Shows at once, with status `sending`. */
  readonly message: LocalMessage
  /** Sent as they are, however often, so that nodes recognise them and store them once. */
  readonly envelopes: readonly OutboxEnvelope[]
}

/** What waits to be sent. It outlives restarts; `runOutbox` sends it. */
export type Outbox = {
  /**
   * Stores the message and its envelopes in one transaction. Enqueueing a message again changes nothing; undefined
   * when it is on the network already.
   *
   * @throws NotFoundError `local-store/no-conversation`
   */
  enqueue(entry: NewOutboxEntry): Promise<OutboxEntry | undefined>
  /** In the order of enqueueing; damaged ones are left out. */
  entries(): Promise<readonly OutboxEntry[]>
  entry(number: number): Promise<OutboxEntry | undefined>
  /** The node has it: the entry goes, its message is `stored`. */
  markSent(number: number): Promise<void>
  /** Refused for good: the entry stays as `failed`, and so does its message. */
  markFailed(number: number, code: string): Promise<void>
  /** A failed entry waits again, in its old place. */
  retry(number: number): Promise<void>
  /** Takes an entry out, and its message. */
  discard(number: number): Promise<void>
}
