// gRPC-Web by hand over fetch, as browsers speak it: binary and base64.

import {
  BatchQueryRequest,
  BatchQueryResponse,
  Envelope,
  NumberedEnvelope,
  PublishRequest,
  PublishResponse,
  QueryRequest,
  QueryResponse,
  SubscribeRequest,
} from '@posthorn/wire'
import { type ApiClient, type LiveStream, type Outcome, queryOf } from './api-client.ts'
import { createDeframer, type Frame, frameOf, readFields } from './frames.ts'

const messageApi = '/xmtp.message_api.v1.MessageApi/'

/** A client of one node; `isText` chooses the base64 form, `always` are headers of every call. */
export function createGrpcWebClient(
  url: string,
  isText: boolean,
  always: Record<string, string> = {},
): ApiClient {
  const contentType = isText ? 'application/grpc-web-text' : 'application/grpc-web+proto'

  const open = async (rpc: string, request: Uint8Array, authorization?: string) => {
    const abort = new AbortController()
    const framed = frameOf(request)
    const response = await fetch(url + messageApi + rpc, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'x-grpc-web': '1',
        ...always,
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: isText ? framed.toString('base64') : new Uint8Array(framed),
      signal: abort.signal,
    })
    let trailers: Record<string, string> = {}
    const messages = framesOf(response, isText, (block) => {
      trailers = readFields(block)
    })
    const outcome = (): Outcome<undefined> => ({
      status: Number(trailers['grpc-status'] ?? -1),
      message: decodeURIComponent(trailers['grpc-message'] ?? ''),
      httpStatus: response.status,
      code: trailers['x-posthorn-error'],
      reply: undefined,
    })
    return { response, messages, outcome, abort }
  }

  const unary = async <O>(
    rpc: string,
    request: Uint8Array,
    decode: (bytes: Uint8Array) => O,
    authorization?: string,
  ): Promise<Outcome<O>> => {
    const { messages, outcome } = await open(rpc, request, authorization)
    let reply: O | undefined
    for await (const message of messages) reply = decode(message)
    return { ...outcome(), reply }
  }

  const stream = async (
    rpc: string,
    request: Uint8Array,
    isNumbered = false,
  ): Promise<LiveStream> => {
    const { response, messages, outcome, abort } = await open(rpc, request)
    return {
      isSubscribed: response.headers.get('subscribed') === 'true',
      next: async () => {
        const { value } = await messages.next()
        return value && (isNumbered ? NumberedEnvelope : Envelope).decode(value)
      },
      outcome,
      cancel: () => abort.abort(),
    }
  }

  return {
    protocol: isText ? 'grpc-web-text' : 'grpc-web',
    publish: (envelopes, authorization) =>
      unary(
        'Publish',
        PublishRequest.encode({ envelopes: [...envelopes] }).finish(),
        (bytes) => PublishResponse.decode(bytes),
        authorization,
      ),
    query: (request) =>
      unary('Query', QueryRequest.encode(queryOf(request)).finish(), (bytes) =>
        QueryResponse.decode(bytes),
      ),
    batchQuery: (request) =>
      unary('BatchQuery', BatchQueryRequest.encode(request).finish(), (bytes) =>
        BatchQueryResponse.decode(bytes),
      ),
    subscribe: (contentTopics, resume) => {
      const request = SubscribeRequest.encode({ contentTopics: [...contentTopics], resume })
      return stream('Subscribe', request.finish(), resume !== undefined)
    },
    subscribeAll: () => stream('SubscribeAll', new Uint8Array(0)),
    close: () => {},
  }
}

async function* framesOf(
  response: Response,
  isText: boolean,
  onTrailers: (block: string) => void,
): AsyncGenerator<Buffer, undefined> {
  const deframe = createDeframer()
  const decodeText = createBase64Reader()
  for await (const chunk of response.body ?? []) {
    const frames: Frame[] = deframe(isText ? decodeText(Buffer.from(chunk)) : chunk)
    for (const { flags, message } of frames) {
      if (flags === 0x80) onTrailers(message.toString('latin1'))
      else yield message
    }
  }
  return undefined
}

// Base64 comes in padded pieces that end anywhere; groups of four characters are whole.
function createBase64Reader(): (chunk: Buffer) => Buffer {
  let pending = ''
  return (chunk) => {
    pending += chunk.toString('latin1')
    const whole = pending.length - (pending.length % 4)
    const groups = pending.slice(0, whole).match(/.{4}/g) ?? []
    pending = pending.slice(whole)
    return Buffer.concat(groups.map((group) => Buffer.from(group, 'base64')))
  }
}
