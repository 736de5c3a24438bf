// Serves one call of the JSON gateway: POST with the whole request message as the body.

import type { OutgoingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import {
  type GrpcStatus,
  grpcStatus,
  httpStatusOf,
  statusOf,
  ValidationError,
} from '@posthorn/errors'
import { failureOf } from '../api/failure.ts'
import type { MessageBatches, ServerStreamMethod, StreamCall, UnaryMethod } from '../api/method.ts'
import { checkJsonBounds } from '../api/value-bounds.ts'
import { timeoutMsOf } from '../grpc/timeout.ts'
import { isLarge, writeInTime } from '../server/answer.ts'
import { type BodyOptions, readBody } from '../server/body.ts'
import { callOf } from '../server/call-of.ts'
import { pump, streamSignal, withDeadline } from '../server/call-stream.ts'
import { corsHeaders } from '../server/cors.ts'
import type { Exchange } from '../server/exchange.ts'
import { inflate } from '../server/inflate.ts'
import { headerOf } from '../server/request-headers.ts'
import type { ServeContext } from '../server/serve-context.ts'
import { failureHeaders, failureJson } from './failure-json.ts'
import { parseJson } from './parse.ts'

/** A method that the gateway can serve. */
export type GatewayMethod = UnaryMethod | ServerStreamMethod

const successHeaders: OutgoingHttpHeaders = {
  ...corsHeaders,
  'content-type': 'application/json',
  'grpc-metadata-content-type': 'application/grpc',
}
const keepAliveLine = Buffer.from('{"result":{}}\n')
const binaryContentType = 'application/x-protobuf'
const gzipAsync = promisify(gzip)

/** Answers a call. Resolves to the status of the answer, never rejects. */
export async function serveJson(
  exchange: Exchange,
  method: GatewayMethod,
  context: ServeContext,
): Promise<GrpcStatus> {
  try {
    if (method.kind !== 'unary') return await serveStream(exchange, method, context)
    await serveUnary(exchange, method, context)
    return grpcStatus.ok
  } catch (error) {
    context.events.callFailed(method.rpc, error)
    const failure = failureOf(error)
    const json = failureJson(failure)
    const text = method.kind === 'unary' ? json : `{"error":${json}}\n`
    exchange.reply(httpStatusOf(failure.status), failureHeaders(failure), Buffer.from(text))
    return failure.status
  }
}

async function serveUnary(exchange: Exchange, method: UnaryMethod, context: ServeContext) {
  const timeoutMs = timeoutMsOf(headerOf(exchange, 'grpc-timeout'))
  const body = await readRequest(exchange, method, { context, keptUntil: 'closed' })
  const call = callOf(exchange, context)
  if (isBinary(exchange)) {
    const reply = await withDeadline(method.answerProto(body, call), timeoutMs, context)
    const headers = { ...successHeaders, 'content-type': 'application/octet-stream' }
    return reply200(exchange, { headers, body: reply }, context)
  }
  const request = parseJson(body)
  const reply = await withDeadline(method.answerJson(request, call), timeoutMs, context)
  return reply200(exchange, { headers: successHeaders, body: Buffer.from(reply) }, context)
}

async function serveStream(
  exchange: Exchange,
  method: ServerStreamMethod,
  context: ServeContext,
): Promise<GrpcStatus> {
  const timeoutMs = timeoutMsOf(headerOf(exchange, 'grpc-timeout'))
  const signal = streamSignal(exchange, timeoutMs, context)
  const body = await readRequest(exchange, method, { context, keptUntil: 'whole' })
  const batches = await open(exchange, method, {
    body,
    call: { ...callOf(exchange, context), signal },
  })
  exchange.head(200, { ...successHeaders, 'grpc-metadata-subscribed': 'true' })
  context.events.streamOpened(method.rpc)
  const keepAlive = context.clock.every(context.keepAliveMs, () => exchange.write(keepAliveLine))
  try {
    await pump(batches, { exchange, bytesOf: (message) => message.jsonLine(), signal }, context)
    exchange.end()
    return grpcStatus.ok
  } catch (error) {
    context.events.callFailed(method.rpc, error)
    exchange.end(Buffer.from(`{"error":${failureJson(failureOf(error))}}\n`))
    return statusOf(error)
  } finally {
    keepAlive.cancel()
    context.events.streamClosed(method.rpc)
  }
}

function open(
  exchange: Exchange,
  method: ServerStreamMethod,
  request: { readonly body: Uint8Array; readonly call: StreamCall },
): Promise<MessageBatches> {
  if (isBinary(exchange)) return method.openProto(request.body, request.call)
  return method.openJson(parseJson(request.body), request.call)
}

type RequestParts = Pick<BodyOptions, 'keptUntil'> & { readonly context: ServeContext }

async function readRequest(
  exchange: Exchange,
  method: GatewayMethod,
  { context, keptUntil }: RequestParts,
): Promise<Uint8Array> {
  const { budget, maxRequestBytes: maxBytes } = context
  const encoding = headerOf(exchange, 'content-encoding')?.toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new ValidationError(
      'api/unsupported-encoding',
      'Read request: content-encoding is not known, expected identity or gzip',
    )
  }
  const check = isBinary(exchange) ? method.checkProto : checkJsonBounds
  if (encoding === 'gzip') {
    const compressed = await readBody(exchange, context, { maxBytes, keptUntil })
    return inflate(exchange, compressed, { budget, maxBytes, keptUntil, check })
  }
  return readBody(exchange, context, { maxBytes, keptUntil, check })
}

type Answer = { readonly headers: OutgoingHttpHeaders; readonly body: Uint8Array }

async function reply200(exchange: Exchange, answer: Answer, context: ServeContext): Promise<void> {
  const { headers, body } = await compressed(exchange, answer)
  if (!isLarge(body)) return exchange.reply(200, headers, body)
  exchange.head(200, { ...headers, 'content-length': body.length })
  await writeInTime(exchange, body, context)
  exchange.end()
}

async function compressed(exchange: Exchange, answer: Answer): Promise<Answer> {
  const accepts = headerOf(exchange, 'accept-encoding') ?? ''
  const isCompressible =
    (exchange.path.endsWith('/query') || exchange.path.endsWith('/batch-query')) &&
    /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(accepts)
  if (!isCompressible) return answer
  const headers = { ...answer.headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
  return { headers, body: await gzipAsync(answer.body, { level: 1 }) }
}

function isBinary(exchange: Exchange): boolean {
  return headerOf(exchange, 'content-type')?.split(';', 1)[0]?.trim() === binaryContentType
}
