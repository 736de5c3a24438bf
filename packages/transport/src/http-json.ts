// The JSON gateway: five POST calls under /message/v1/, streams as lines of JSON.

import { maxMessageBytes, maxQueryRows } from '@posthorn/envelope'
import { CodecError, type ProtocolError, TransportError } from '@posthorn/errors'
import { type BoundedCall, startCall } from './deadline.ts'
import {
  decodeBatchQuery,
  decodeEnvelope,
  decodeNumbered,
  decodeQueryPage,
  encodeBatchQuery,
  encodePublish,
  encodeQuery,
  encodeSubscribe,
  optionalObject,
  parseObject,
} from './json-codec.ts'
import { baseOf, headersOf, type NodeAddress } from './node-address.ts'
import { type Refusal, refusalError } from './refusal.ts'
import { bodyOf, readLines, readText } from './reply-body.ts'
import type { CallOptions, LiveEnvelope, SubscribeOptions, Transport } from './transport.ts'

// Base64 grows by a third; the rest is room for the topic, the time and JSON.
const maxLineBytes = Math.ceil(maxMessageBytes / 3) * 4 + 16_384
const maxReplyBytes = maxQueryRows * maxLineBytes
const maxRefusalBytes = 65_536
const maxRetryAfterMs = 3_600_000

/** Options of {@link createJsonTransport}. */
export type JsonTransportOptions = NodeAddress & {
  /** Defaults to the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

type Call = CallOptions & {
  /** Starts the messages of errors. */
  readonly action: string
  readonly path: string
  readonly body: string
  readonly authorization?: string | undefined
}

/**
 * A transport over the JSON gateway of a node.
 *
 * @throws UsageError `transport/bad-url`
 */
export function createJsonTransport(options: JsonTransportOptions): Transport {
  const closing = new AbortController()
  const gateway: Gateway = { options, base: baseOf(options), closing: closing.signal }
  return {
    publish: async (envelopes, { signal, authorization } = {}) => {
      const body = encodePublish(envelopes)
      await unary(gateway, { action: 'Publish', path: 'publish', body, authorization, signal })
    },
    query: async (request, { signal } = {}) => {
      const body = encodeQuery(request)
      return decodeQueryPage(await unary(gateway, { action: 'Query', path: 'query', body, signal }))
    },
    batchQuery: async (requests, { signal } = {}) => {
      if (requests.length === 0) return []
      const call = { action: 'Batch query', path: 'batch-query', signal }
      const reply = await unary(gateway, { ...call, body: encodeBatchQuery(requests) })
      return decodeBatchQuery(reply, requests.length)
    },
    subscribe: (topics, subscribeOptions = {}) => subscribe(gateway, topics, subscribeOptions),
    [Symbol.asyncDispose]: async () => closing.abort(),
  }
}

type Gateway = {
  readonly options: JsonTransportOptions
  readonly base: string
  readonly closing: AbortSignal
}

async function unary(gateway: Gateway, call: Call): Promise<Readonly<Record<string, unknown>>> {
  const { timers, timeoutMs = 30_000 } = gateway.options
  const signals = [gateway.closing, call.signal]
  const running = startCall({ action: call.action, signals, timers, timeoutMs })
  try {
    const response = await post(gateway, call, running)
    const text = await readText(bodyOf(response), maxReplyBytes)
    return text.trim() === '' ? {} : parseObject(text)
  } catch (cause) {
    throw running.errorOf(cause)
  } finally {
    running.end()
  }
}

async function* subscribe(
  gateway: Gateway,
  topics: readonly string[],
  { signal, onOpen, onMark, position }: SubscribeOptions,
): AsyncGenerator<LiveEnvelope> {
  const { timers, idleTimeoutMs: timeoutMs = 90_000 } = gateway.options
  const body = encodeSubscribe(topics, onMark && { position })
  const call = { action: 'Subscribe', path: 'subscribe', body, signal }
  const signals = [gateway.closing, signal]
  const running = startCall({ action: call.action, signals, timers, timeoutMs })
  try {
    const response = await post(gateway, call, running)
    running.touch()
    onOpen?.()
    for await (const line of readLines(bodyOf(response), maxLineBytes)) {
      running.touch()
      const envelope = envelopeOfLine(line, onMark)
      if (envelope !== undefined) yield envelope
    }
  } catch (cause) {
    throw running.errorOf(cause)
  } finally {
    running.end()
  }
}

// @throws the error that the refusal stands for, unless the status is a success
async function post(
  { options, base }: Gateway,
  call: Call,
  { signal }: BoundedCall,
): Promise<Response> {
  const send = options.fetch ?? globalThis.fetch
  const response = await send(`${base}/message/v1/${call.path}`, {
    method: 'POST',
    headers: headersOf(options, call.authorization),
    body: call.body,
    signal,
    // A redirect would carry requests to a host that nobody chose.
    redirect: 'manual',
  })
  if (!response.ok) throw await refusalIn(call.action, response)
  return response
}

async function refusalIn(action: string, response: Response): Promise<ProtocolError> {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    response.body?.cancel().catch(() => undefined)
    const message = `${action}: the node answered with a redirect`
    return new TransportError('transport/redirected', message)
  }
  const text = await readText(bodyOf(response), maxRefusalBytes).catch(() => '')
  return refusalError(action, {
    ...refusalOf(text),
    httpStatus: response.status,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
  })
}

// Unary calls answer { code, message }, streams { error: { code, message } }; a proxy anything.
function refusalOf(text: string): Pick<Refusal, 'status' | 'message'> {
  try {
    const reply = parseObject(text)
    return refusalFields(optionalObject(reply['error'], 'error') ?? reply)
  } catch {
    return { message: 'no reason given' }
  }
}

function refusalFields(
  fields: Readonly<Record<string, unknown>>,
): Pick<Refusal, 'status' | 'message'> {
  const status = fields['code'] ?? fields['grpc_code']
  const message = fields['message']
  return {
    status: Number.isInteger(status) ? Number(status) : undefined,
    message: typeof message === 'string' ? message : 'no reason given',
  }
}

function retryAfterOf(header: string | null): number | undefined {
  if (header === null || !/^\d+(\.\d+)?$/.test(header.trim())) return undefined
  return Math.min(Math.ceil(Number(header) * 1000), maxRetryAfterMs)
}

// Blank lines and results without a topic are keep-alives.
function envelopeOfLine(
  line: string,
  onMark: SubscribeOptions['onMark'],
): LiveEnvelope | undefined {
  if (line.trim() === '') return undefined
  const parsed = parseObject(line)
  const error = optionalObject(parsed['error'], 'error')
  if (error !== undefined)
    throw refusalError('Subscribe', { ...refusalFields(error), httpStatus: 200 })
  const result = optionalObject(parsed['result'], 'result')
  if (result === undefined) {
    throw new CodecError('transport/bad-reply', 'Read stream of the node: expected result or error')
  }
  const envelope = decodeEnvelope(result)
  const { sequence, logId } = decodeNumbered(result)
  if (envelope.contentTopic !== '') return sequence ? { ...envelope, sequence } : envelope
  if (sequence !== undefined && logId !== '') onMark?.({ logId, sequence })
  return undefined
}
