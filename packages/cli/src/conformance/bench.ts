// What the checks of one run share: the node's addresses, an account, topics that nobody else uses.

import { createHash } from 'node:crypto'
import { toHex } from '@posthorn/bytes'
import { AdmissionError } from '@posthorn/errors'
import { type Account, createAccount } from './accounts.ts'
import type { Api, Envelope, Live, Page, Protocol, Query } from './api.ts'
import { expectEqual } from './expect.ts'

/** Options of a run that checks look at. */
export type BenchOptions = {
  readonly urls: Readonly<Record<Protocol, string>>
  readonly timeoutMs: number
  /** Whether requests of 50 MiB may be sent. */
  readonly isLarge: boolean
  /** Whether the quota of this address may be used up. */
  readonly isQuota: boolean
  readonly nowMs: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** What checks share. */
export type Bench = BenchOptions & {
  readonly account: Account
  freshTopic(name?: string): string
  envelope(contentTopic: string, text: string, timestampNs?: bigint): Envelope
  /** Publishes with a good token. @throws ValidationError, AdmissionError `conformance/limited` */
  publish(api: Api, envelopes: readonly Envelope[]): Promise<void>
  /** A page. @throws ValidationError, AdmissionError `conformance/limited` */
  page(api: Api, query: Query): Promise<Page>
  /** Whether the node takes publishes without a token; asked once. */
  isOpen(api: Api): Promise<boolean>
  /** A stream that is subscribed. */
  listen(live: Live): Promise<Live>
}

/** Sets up a run. */
export async function createBench(options: BenchOptions): Promise<Bench> {
  const { nowMs, randomBytes } = options
  const account = await createAccount(nowMs)
  let open: Promise<boolean> | undefined
  const bench: Bench = {
    ...options,
    account,
    freshTopic: (name = 'm') => `/xmtp/0/${name}-${toHex(randomBytes(16))}/proto`,
    envelope: (contentTopic, text, timestampNs = BigInt(nowMs()) * 1_000_000n) => ({
      contentTopic,
      timestampNs,
      message: new TextEncoder().encode(text),
    }),
    publish: async (api, envelopes) => {
      const { code, message } = await api.publish(envelopes, account.bearer())
      requireUnlimited(code, message)
      expectEqual('code of a publish', { code, message }, { code: 0, message: '' })
    },
    page: async (api, query) => {
      const { code, message, reply } = await api.query(query)
      requireUnlimited(code, message)
      if (reply !== undefined) return reply
      expectEqual('code of a query', { code, message }, { code: 0, message: '' })
      return { envelopes: [], limit: 0, cursor: undefined, direction: '' }
    },
    isOpen: (api) => {
      open ??= api
        .publish([bench.envelope(bench.freshTopic(), 'open?')])
        .then(({ code }) => code === 0)
      return open
    },
    listen: async (live) => {
      await live.ready
      return live
    },
  }
  return bench
}

/** Texts of envelopes. */
export function textsOf(envelopes: readonly Envelope[]): readonly string[] {
  return envelopes.map(({ message }) => new TextDecoder().decode(message))
}

/** Sender times of envelopes. */
export function timesOf(envelopes: readonly Envelope[]): readonly string[] {
  return envelopes.map(({ timestampNs }) => String(timestampNs))
}

/** Digest of an envelope, in hex: of topic and message, without the time. */
export function digestOf({ contentTopic, message }: Envelope): string {
  return createHash('sha256').update(contentTopic).update(message).digest('hex')
}

/** @throws AdmissionError `conformance/limited` when the node limits the rate of this address */
export function requireUnlimited(code: number, message: string): void {
  if (code === 8 && /rate limit/i.test(message)) {
    throw new AdmissionError('conformance/limited', `Call node: ${message}`)
  }
}
