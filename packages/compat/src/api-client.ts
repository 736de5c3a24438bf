// The way to a node, by the names of the published API.

import type { Envelope as Data } from '@posthorn/envelope'
import type { SortDirection } from './sort-direction.ts'

/** An envelope as it travels in JSON, its message decoded. */
export type Envelope = {
  contentTopic: string
  /** Nanoseconds since 1970 in decimal digits. */
  timestampNs: string
  message: Uint8Array
}

/** Something to publish. */
export type PublishParams = {
  contentTopic: string
  message: Uint8Array
  /** Default: now. */
  timestamp?: Date | undefined
}

/** What to look for. */
export type QueryParams = {
  /** Inclusive. */
  startTime?: Date | undefined
  /** Inclusive. */
  endTime?: Date | undefined
  contentTopic: string
}

/** How to list everything. */
export type QueryAllOptions = {
  direction?: SortDirection | undefined
  limit?: number | undefined
  pageSize?: number | undefined
}

/** How to list piece by piece. */
export type QueryStreamOptions = Omit<QueryAllOptions, 'limit'>

/** What to look for, and how. */
export type Query = QueryParams & QueryStreamOptions

/** What to follow. */
export type SubscribeParams = { contentTopics: string[] }

/** Called with everything that arrives. */
export type SubscribeCallback = (envelope: Envelope) => void

/** Called when a connection is lost. It comes back by itself. */
export type OnConnectionLostCallback = (error?: Error) => void

/** Ends a subscription. */
export type UnsubscribeFn = () => Promise<void>

/** A running subscription. */
export type SubscriptionManager = { unsubscribe: UnsubscribeFn }

/** Makes the token that a node wants of who publishes. */
export type Authenticator = {
  createToken(timestamp?: Date): Promise<{ toBase64(): string }>
}

/** The calls that a node answers. */
export type ApiClient = {
  query(params: QueryParams, options: QueryAllOptions): Promise<Envelope[]>
  queryIterator(params: QueryParams, options: QueryStreamOptions): AsyncGenerator<Envelope>
  queryIteratePages(params: QueryParams, options: QueryStreamOptions): AsyncGenerator<Envelope[]>
  batchQuery(queries: Query[]): Promise<Envelope[][]>
  subscribe(
    params: SubscribeParams,
    callback: SubscribeCallback,
    onConnectionLost?: OnConnectionLostCallback,
  ): SubscriptionManager
  publish(messages: PublishParams[]): Promise<Record<string, never>>
  setAuthenticator(authenticator: Authenticator, cacheExpirySeconds?: number): void
}

/** An envelope in the form of the published API. */
export function envelopeOf({ contentTopic, timestampNs, message }: Data): Envelope {
  return { contentTopic, timestampNs: timestampNs.toString(), message }
}
