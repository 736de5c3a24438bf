// The JSON gateway by hand over fetch, as xmtp-js speaks it.

import type { Envelope, PagingInfo, QueryRequest, QueryResponse } from '@posthorn/wire'
import type { ApiClient, LiveEnvelope, LiveStream, Outcome } from './api-client.ts'

/** Reply of the gateway, parsed. */
export type JsonReply = {
  readonly httpStatus: number
  readonly headers: Headers
  readonly text: string
}

/** A client of one node. */
export type JsonClient = ApiClient & {
  /** Sends a body as it is. */
  post(path: string, body: BodyInit, headers?: Record<string, string>): Promise<JsonReply>
}

/** Connects to nothing yet; `always` are headers of every call. */
export function createJsonClient(url: string, always: Record<string, string> = {}): JsonClient {
  const post: JsonClient['post'] = async (path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body,
      headers: { ...always, ...headers },
    })
    return { httpStatus: response.status, headers: response.headers, text: await response.text() }
  }
  const unary = async <O>(
    path: string,
    request: unknown,
    read: (json: never) => O,
    authorization?: string,
  ): Promise<Outcome<O>> => {
    const headers = authorization === undefined ? {} : { authorization }
    const reply = await post(`/message/v1/${path}`, toJson(request), headers)
    const json = JSON.parse(reply.text)
    const isOk = reply.httpStatus === 200
    return {
      status: isOk ? 0 : json.code,
      message: json.message ?? '',
      httpStatus: reply.httpStatus,
      code: reply.headers.get('x-posthorn-error') ?? undefined,
      reply: isOk ? read(json as never) : undefined,
    }
  }
  const stream = async (path: string, request: unknown): Promise<LiveStream> => {
    const abort = new AbortController()
    const response = await fetch(`${url}/message/v1/${path}`, {
      method: 'POST',
      body: toJson(request),
      headers: always,
      signal: abort.signal,
    })
    const lines = linesOf(response)
    let failure: { code: number; message: string } | undefined
    return {
      isSubscribed: response.headers.get('grpc-metadata-subscribed') === 'true',
      next: async () => {
        const { value: line } = await lines.next()
        if (line === undefined) return undefined
        const { result, error } = JSON.parse(line)
        failure = error
        return error === undefined ? readEnvelope(result as never) : undefined
      },
      outcome: () => ({
        status: failure?.code ?? 0,
        message: failure?.message ?? '',
        httpStatus: response.status,
        code: undefined,
        reply: undefined,
      }),
      cancel: () => abort.abort(),
    }
  }
  return {
    protocol: 'json',
    post,
    publish: (envelopes, authorization) =>
      unary('publish', { envelopes: envelopes.map(envelopeJson) }, (json) => json, authorization),
    query: (request) => unary('query', queryJson(request), readPage),
    batchQuery: ({ requests }) =>
      unary(
        'batch-query',
        { requests: requests.map(queryJson) },
        ({ responses }: { responses: never[] }) => ({ responses: responses.map(readPage) }),
      ),
    subscribe: (contentTopics, resume) => stream('subscribe', { contentTopics, resume }),
    subscribeAll: () => stream('subscribe-all', {}),
    close: () => {},
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, undefined> {
  let pending = ''
  for await (const chunk of response.body ?? []) {
    pending += Buffer.from(chunk).toString()
    const lines = pending.split('\n')
    pending = lines.pop() ?? ''
    yield* lines
  }
  return undefined
}

function toJson(request: unknown): string {
  return JSON.stringify(request, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

function queryJson(request: Partial<QueryRequest>): unknown {
  const { pagingInfo } = request
  const index = pagingInfo?.cursor?.cursor?.value
  return {
    ...request,
    ...(pagingInfo === undefined
      ? {}
      : {
          pagingInfo: {
            ...pagingInfo,
            cursor:
              index === undefined
                ? undefined
                : {
                    index: {
                      digest: Buffer.from(index.digest).toString('base64'),
                      senderTimeNs: index.senderTimeNs.toString(),
                    },
                  },
          },
        }),
  }
}

function envelopeJson({ message, ...rest }: Envelope): unknown {
  return { ...rest, message: Buffer.from(message).toString('base64') }
}

type EnvelopeJson = {
  contentTopic: string
  timestampNs: string
  message: string
  sequence?: string
  logId?: string
}

function readEnvelope({ sequence, logId, ...json }: EnvelopeJson): LiveEnvelope {
  return {
    contentTopic: json.contentTopic,
    timestampNs: BigInt(json.timestampNs),
    message: Buffer.from(json.message, 'base64'),
    ...(sequence === undefined ? {} : { sequence: BigInt(sequence), logId: logId ?? '' }),
  }
}

type PageJson = {
  envelopes: EnvelopeJson[]
  pagingInfo: {
    limit: number
    direction: string
    cursor: { index: { digest: string; senderTimeNs: string } } | null
  }
}

const directions = [
  'SORT_DIRECTION_UNSPECIFIED',
  'SORT_DIRECTION_ASCENDING',
  'SORT_DIRECTION_DESCENDING',
]

function readPage({ envelopes, pagingInfo }: PageJson): QueryResponse {
  const index = pagingInfo.cursor?.index
  return {
    envelopes: envelopes.map(readEnvelope),
    pagingInfo: {
      limit: pagingInfo.limit,
      direction: directions.indexOf(pagingInfo.direction) as PagingInfo['direction'],
      cursor: index && {
        cursor: {
          $case: 'index',
          value: {
            digest: Buffer.from(index.digest, 'base64'),
            senderTimeNs: BigInt(index.senderTimeNs),
          },
        },
      },
    },
  }
}
