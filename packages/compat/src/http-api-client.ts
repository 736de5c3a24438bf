// The calls that a node answers, by JSON.

import { systemClock } from '@posthorn/client'
import { maxBatchQueries, maxQueryRows } from '@posthorn/envelope'
import { UsageError, VerificationError } from '@posthorn/errors'
import {
  createJsonTransport,
  type QueryRequest,
  type Transport,
  withRetry,
} from '@posthorn/transport'
import {
  type ApiClient,
  type Authenticator,
  type Envelope,
  envelopeOf,
  type OnConnectionLostCallback,
  type PublishParams,
  type Query,
  type QueryAllOptions,
  type QueryParams,
  type QueryStreamOptions,
  type SubscribeCallback,
  type SubscribeParams,
  type SubscriptionManager,
} from './api-client.ts'
import { AuthCache } from './auth-cache.ts'
import { dateToNs } from './dates.ts'
import { followEnvelopes } from './follow-envelopes.ts'
import { portableCrypto } from './portable-crypto.ts'
import { directionOf } from './sort-direction.ts'

const defaultPageSize = 10

/** How to reach a node. */
export type ApiClientOptions = {
  /** Tries after the first; default 3. */
  maxRetries?: number | undefined
  appVersion?: string | undefined
}

/** A node that is reached by JSON. */
export class HttpApiClient implements ApiClient {
  readonly pathPrefix: string
  readonly appVersion: string | undefined
  /** The same way, for our client. */
  readonly transport: Transport
  #tokens: AuthCache | undefined

  constructor(pathPrefix: string, { maxRetries, appVersion }: ApiClientOptions = {}) {
    this.pathPrefix = pathPrefix
    this.appVersion = appVersion
    const plain = createJsonTransport({ url: pathPrefix, appVersion, timers: systemClock })
    this.transport = withRetry(plain, {
      timers: systemClock,
      random: () => (portableCrypto().randomBytes(1)[0] ?? 0) / 256,
      maxAttempts: maxRetries === undefined ? undefined : maxRetries + 1,
    })
  }

  async query(params: QueryParams, options: QueryAllOptions): Promise<Envelope[]> {
    const { limit, direction = 'SORT_DIRECTION_ASCENDING' } = options
    const pageSize = options.pageSize ?? maxQueryRows
    const all: Envelope[] = []
    for await (const page of this.queryIteratePages(params, { direction, pageSize })) {
      all.push(...page)
      if (limit && all.length >= limit) return all.slice(0, limit)
    }
    return all
  }

  async *queryIterator(params: QueryParams, options: QueryStreamOptions): AsyncGenerator<Envelope> {
    for await (const page of this.queryIteratePages(params, options)) yield* page
  }

  async *queryIteratePages(
    params: QueryParams,
    options: QueryStreamOptions,
  ): AsyncGenerator<Envelope[]> {
    let cursor: QueryRequest['cursor']
    do {
      const page = await this.transport.query({ ...requestOf({ ...params, ...options }), cursor })
      if (page.envelopes.length === 0) return
      yield page.envelopes.map(envelopeOf)
      cursor = page.nextCursor
    } while (cursor !== undefined)
  }

  async batchQuery(queries: Query[]): Promise<Envelope[][]> {
    const answers: Envelope[][] = []
    for (let at = 0; at < queries.length; at += maxBatchQueries) {
      const group = queries.slice(at, at + maxBatchQueries)
      const requests = group.map((query) =>
        requestOf({ direction: 'SORT_DIRECTION_ASCENDING', ...query }),
      )
      const pages = await this.transport.batchQuery(requests)
      answers.push(...pages.map(({ envelopes }) => envelopes.map(envelopeOf)))
    }
    return answers
  }

  async publish(messages: PublishParams[]): Promise<Record<string, never>> {
    const nowMs = systemClock.nowMs()
    const envelopes = messages.map(({ contentTopic, message, timestamp = new Date(nowMs) }) => ({
      contentTopic,
      message,
      timestampNs: dateToNs(timestamp),
    }))
    const attempt = async (): Promise<void> =>
      this.transport.publish(envelopes, { authorization: `Bearer ${await this.#token()}` })
    await attempt().catch(async (error: unknown) => {
      if (!(error instanceof VerificationError)) throw error
      await this.#tokens?.refresh()
      await attempt()
    })
    return {}
  }

  subscribe(
    params: SubscribeParams,
    callback: SubscribeCallback,
    onConnectionLost?: OnConnectionLostCallback,
  ): SubscriptionManager {
    const ending = new AbortController()
    const { transport } = this
    const topics = params.contentTopics
    void followEnvelopes({ transport, topics, callback, onConnectionLost, signal: ending.signal })
    return { unsubscribe: async () => ending.abort() }
  }

  setAuthenticator(authenticator: Authenticator, cacheExpirySeconds?: number): void {
    this.#tokens = new AuthCache(authenticator, cacheExpirySeconds)
  }

  async #token(): Promise<string> {
    if (this.#tokens !== undefined) return this.#tokens.getToken()
    throw new UsageError(
      'compat/no-authenticator',
      'Publish: nobody makes tokens for this HttpApiClient, call setAuthenticator first',
    )
  }
}

function requestOf(query: Query): QueryRequest {
  const { contentTopic, startTime, endTime, direction, pageSize = defaultPageSize } = query
  return {
    topics: [contentTopic],
    startNs: startTime && dateToNs(startTime),
    endNs: endTime && dateToNs(endTime),
    direction: directionOf(direction),
    limit: Math.min(pageSize, maxQueryRows),
  }
}
