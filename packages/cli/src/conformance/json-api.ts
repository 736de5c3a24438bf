// The JSON gateway: POST of JSON, streams as lines.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import type { Answer, Api, Cursor, Envelope, Live, Page, Query } from './api.ts'
import { createLive, isKeepAlive, type LiveFeed } from './live.ts'

/** The answer to a raw call of the gateway. */
export type Reply = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON, an empty object when it is none. */
  readonly body: Readonly<Record<string, unknown>>
}

/** How a raw call is made. */
export type PostOptions = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const directionNames = {
  ascending: 'SORT_DIRECTION_ASCENDING',
  descending: 'SORT_DIRECTION_DESCENDING',
} as const

/** Sends a body as it is. */
export async function post(
  url: string,
  body: string | Uint8Array,
  { method = 'POST', headers = {}, signal }: PostOptions = {},
): Promise<Reply> {
  const isBodiless = method === 'GET' || method === 'OPTIONS'
  const response = await fetch(url, {
    method,
    headers,
    ...(isBodiless ? {} : { body: body as Uint8Array<ArrayBuffer> | string }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

/** A client of the gateway; every call ends after `timeoutMs`. */
export function createJsonApi(url: string, timeoutMs: number): Api {
  const running = new Set<AbortController>()
  const call = async <T>(
    path: string,
    request: unknown,
    options: { read: (body: never) => T; authorization?: string | undefined },
  ): Promise<Answer<T>> => {
    const headers = authorized(options.authorization)
    const signal = AbortSignal.timeout(timeoutMs)
    const text = JSON.stringify(request)
    const { status, body } = await post(`${url}/message/v1/${path}`, text, { headers, signal })
    if (status === 200) return { code: 0, message: '', reply: options.read(body as never) }
    return { code: Number(body['code'] ?? -1), message: String(body['message'] ?? '') }
  }
  const open = (path: string, request: unknown, deadlineMs?: number): Live => {
    const abort = new AbortController()
    running.add(abort)
    const feed = createLive(() => abort.abort())
    const headers = deadlineMs === undefined ? {} : { 'grpc-timeout': `${deadlineMs}m` }
    const init = { method: 'POST', body: JSON.stringify(request), headers, signal: abort.signal }
    void readLines(feed, fetch(`${url}/message/v1/${path}`, init)).then(() => running.delete(abort))
    return feed.live
  }
  return {
    protocol: 'json',
    publish: (envelopes, authorization) => {
      const request = { envelopes: envelopes.map(envelopeJson) }
      return call('publish', request, { read: (body) => body, authorization })
    },
    query: (query, authorization) =>
      call('query', queryJson(query), { read: readPage, authorization }),
    batchQuery: (queries) =>
      call('batch-query', { requests: queries.map(queryJson) }, { read: readPages }),
    subscribe: (contentTopics, { deadlineMs } = {}) =>
      open('subscribe', { contentTopics }, deadlineMs),
    subscribeAll: () => open('subscribe-all', {}),
    [Symbol.asyncDispose]: async () => {
      for (const abort of running) abort.abort()
    },
  }
}

/** The header that carries a token, if there is one. */
export function authorized(authorization: string | undefined): Readonly<Record<string, string>> {
  return authorization === undefined ? {} : { authorization }
}

async function readLines(feed: LiveFeed, opening: Promise<Response>): Promise<void> {
  let last: Answer<undefined> = { code: 0, message: '' }
  try {
    const response = await opening
    feed.opened(Object.fromEntries(response.headers))
    let pending = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n')
      pending = lines.pop() ?? ''
      for (const line of lines) last = readLine(feed, line) ?? last
    }
  } catch (error) {
    last = { code: -1, message: String(error) }
  }
  feed.end(last)
}

function readLine(feed: LiveFeed, line: string): Answer<undefined> | undefined {
  const { result, error } = parsed(line) as Readonly<Record<string, EnvelopeJson | undefined>>
  if (error !== undefined) return { code: Number(error.code), message: String(error.message) }
  const envelope = readEnvelope(result ?? {})
  if (!isKeepAlive(envelope)) feed.put(envelope)
  return undefined
}

type EnvelopeJson = Readonly<Record<string, unknown>>

function readEnvelope({ contentTopic, timestampNs, message }: EnvelopeJson): Envelope {
  return {
    contentTopic: String(contentTopic ?? ''),
    timestampNs: BigInt(String(timestampNs ?? 0)),
    message: fromBase64(String(message ?? '')),
  }
}

function envelopeJson({ contentTopic, timestampNs, message }: Envelope): unknown {
  return { contentTopic, timestampNs: String(timestampNs), message: toBase64(message) }
}

function queryJson(query: Query): unknown {
  const { contentTopics, startTimeNs, endTimeNs, limit, cursor, direction } = query
  return {
    contentTopics,
    startTimeNs: startTimeNs?.toString(),
    endTimeNs: endTimeNs?.toString(),
    pagingInfo: {
      limit,
      cursor: cursor && cursorJson(cursor),
      direction: direction && directionNames[direction],
    },
  }
}

function cursorJson({ digest, senderTimeNs }: Cursor): unknown {
  const index = { digest: digest && toBase64(digest), senderTimeNs: senderTimeNs?.toString() }
  return { index }
}

type PageJson = {
  readonly envelopes?: readonly EnvelopeJson[]
  readonly pagingInfo?: {
    readonly limit?: number
    readonly direction?: string
    readonly cursor?: { readonly index?: { digest?: string; senderTimeNs?: string } } | null
  }
}

function readPage({ envelopes = [], pagingInfo = {} }: PageJson): Page {
  const index = pagingInfo.cursor?.index
  return {
    envelopes: envelopes.map(readEnvelope),
    limit: Number(pagingInfo.limit),
    cursor: index && {
      digest: fromBase64(String(index.digest ?? '')),
      senderTimeNs: BigInt(String(index.senderTimeNs ?? 0)),
    },
    direction: String(pagingInfo.direction).replace('SORT_DIRECTION_', '').toLowerCase(),
  }
}

function readPages({ responses = [] }: { readonly responses?: readonly PageJson[] }) {
  return responses.map(readPage)
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
