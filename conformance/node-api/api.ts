// The unary calls by every protocol, with answers in one form.

import type { GrpcClient } from './grpc-client.ts'
import { callWeb, frame } from './grpc-web-client.ts'
import { post } from './http-client.ts'
import {
  batchReply,
  batchRequest,
  type Codec,
  type Envelope,
  empty,
  publishRequest,
  type QueryReply,
  type QueryRequest,
  queryReply,
  queryRequest,
} from './messages.ts'

export type Outcome<O> = { readonly code: number; readonly message: string; readonly reply?: O }
export type Api = {
  readonly name: string
  publish(envelopes: readonly Envelope[], authorization?: string): Promise<Outcome<object>>
  query(request: QueryRequest): Promise<Outcome<QueryReply>>
  batchQuery(requests: readonly QueryRequest[]): Promise<Outcome<{ responses: QueryReply[] }>>
}

type Send = <I, O>(
  rpc: { name: string; path: string; request: Codec<I>; reply: Codec<O> },
  request: I,
  authorization?: string,
) => Promise<Outcome<O>>

const rpcs = {
  publish: { name: 'Publish', path: 'publish', request: publishRequest, reply: empty },
  query: { name: 'Query', path: 'query', request: queryRequest, reply: queryReply },
  batch: { name: 'BatchQuery', path: 'batch-query', request: batchRequest, reply: batchReply },
}

export function allApis(url: string, grpc: GrpcClient): readonly Api[] {
  return [
    apiOf('grpc', async (rpc, request, authorization) => {
      const outcome = await grpc.unary(rpc.name, request, authorized(authorization))
      return {
        code: outcome.code,
        message: outcome.details,
        ...(outcome.reply === undefined ? {} : { reply: outcome.reply as never }),
      }
    }),
    apiOf('json', (rpc, request, authorization) => sendJson(url, rpc.path, request, authorization)),
    apiOf('grpc-web', webSender(url, false)),
    apiOf('grpc-web-text', webSender(url, true)),
  ]
}

function apiOf(name: string, send: Send): Api {
  return {
    name,
    publish: (envelopes, authorization) => send(rpcs.publish, { envelopes }, authorization),
    query: (request) => send(rpcs.query, request),
    batchQuery: (requests) => send(rpcs.batch, { requests }),
  }
}

function webSender(url: string, isText: boolean): Send {
  return async (rpc, request, authorization) => {
    const path = `${url}/xmtp.message_api.v1.MessageApi/${rpc.name}`
    const body = frame(rpc.request.encode(request))
    const outcome = await callWeb(path, body, { isText, headers: authorized(authorization) })
    return {
      code: outcome.code,
      message: outcome.message,
      ...(outcome.reply === undefined ? {} : { reply: rpc.reply.decode(outcome.reply) }),
    }
  }
}

async function sendJson<O>(
  url: string,
  path: string,
  request: unknown,
  authorization: string | undefined,
): Promise<Outcome<O>> {
  const text = JSON.stringify(request, (_, value) => jsonBytes(value))
  const answer = await post(`${url}/message/v1/${path}`, text, authorized(authorization))
  if (answer.status !== 200) {
    return { code: answer.body.code ?? -1, message: answer.body.message ?? '' }
  }
  const reply = JSON.parse(answer.text, (key, value: unknown) =>
    (key === 'message' || key === 'digest') && typeof value === 'string'
      ? Buffer.from(value, 'base64')
      : value,
  ) as O
  return { code: 0, message: '', reply }
}

// Buffers have become objects with a type by the time a replacer sees them.
function jsonBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  const { type, data } = (value ?? {}) as { type?: string; data?: number[] }
  return type === 'Buffer' && data !== undefined ? Buffer.from(data).toString('base64') : value
}

function authorized(authorization: string | undefined): Record<string, string> {
  return authorization === undefined ? {} : { authorization }
}
