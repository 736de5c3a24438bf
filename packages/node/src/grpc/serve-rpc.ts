// Serves one gRPC or gRPC-Web call.

import { type GrpcStatus, grpcStatus, statusOf, ValidationError } from '@posthorn/errors'
import { failureOf } from '../api/failure.ts'
import type {
  BidiMethod,
  Call,
  MessageBatches,
  Method,
  ServerStreamMethod,
  UnaryMethod,
} from '../api/method.ts'
import { isLarge, writeInTime } from '../server/answer.ts'
import { type BodyOptions, readBody } from '../server/body.ts'
import { roomIn } from '../server/body-budget.ts'
import { callOf } from '../server/call-of.ts'
import { pump, streamSignal, withDeadline } from '../server/call-stream.ts'
import type { Exchange } from '../server/exchange.ts'
import { inflate } from '../server/inflate.ts'
import { headerOf } from '../server/request-headers.ts'
import type { ServeContext } from '../server/serve-context.ts'
import {
  checkEncoding,
  type FrameOptions,
  frame,
  frameLength,
  framePrefixBytes,
  messages,
  onlyMessage,
} from './frame.ts'
import type { RpcWire } from './rpc-wire.ts'
import { failureTrailers, okTrailers } from './status.ts'
import { timeoutMsOf } from './timeout.ts'
import { decodeBase64Body } from './web-text.ts'

/** A call on its way: the request, the wire it came by, and what serves it. */
export type RpcCall = {
  readonly exchange: Exchange
  readonly wire: RpcWire
  readonly context: ServeContext
}

/**
 * Answers a call to `method`; undefined stands for a method that is not there. Resolves to the status of the
 * answer, never rejects.
 */
export function serveRpc(rpc: RpcCall, method: Method | undefined): Promise<GrpcStatus> {
  if (method === undefined || method.kind === 'unary') return serveUnary(rpc, method)
  return serveStream(rpc, method)
}

async function serveUnary(rpc: RpcCall, method: UnaryMethod | undefined): Promise<GrpcStatus> {
  try {
    if (method === undefined) throw unknownMethod(rpc.exchange.path)
    await answerUnary(rpc, method)
    return grpcStatus.ok
  } catch (error) {
    return refuse(rpc, method, error)
  }
}

async function answerUnary({ exchange, wire, context }: RpcCall, method: UnaryMethod) {
  const timeoutMs = timeoutMsOf(headerOf(exchange, 'grpc-timeout'))
  const request = await readMessage({ exchange, wire, context }, method, 'closed')
  const answer = method.answerProto(request, callOf(exchange, context))
  const reply = frame(await withDeadline(answer, timeoutMs, context))
  wire.begin(exchange, {})
  if (!isLarge(reply)) return wire.end(exchange, reply, okTrailers)
  await writeInTime(exchange, wire.encodeFrame(reply), context)
  wire.end(exchange, undefined, okTrailers)
}

function refuse({ exchange, wire, context }: RpcCall, method: Method | undefined, error: unknown) {
  context.events.callFailed(method?.rpc ?? 'unknown', error)
  wire.refuse(exchange, failureTrailers(failureOf(error)))
  return statusOf(error)
}

type StreamMethod = ServerStreamMethod | BidiMethod
type OpenStream = { readonly batches: MessageBatches; readonly signal: AbortSignal }

// What waits for as long as a stream is kept small: opening has a function of its own.
async function serveStream(rpc: RpcCall, method: StreamMethod): Promise<GrpcStatus> {
  const { exchange, wire, context } = rpc
  let stream: OpenStream
  try {
    stream = await openStream(rpc, method)
  } catch (error) {
    return refuse(rpc, method, error)
  }
  try {
    const { batches, signal } = stream
    await pump(batches, { exchange, bytesOf: wire.bytesOf, signal }, context)
    wire.end(exchange, undefined, okTrailers)
    return grpcStatus.ok
  } catch (error) {
    context.events.callFailed(method.rpc, error)
    wire.end(exchange, undefined, failureTrailers(failureOf(error)))
    return statusOf(error)
  } finally {
    context.events.streamClosed(method.rpc)
  }
}

async function openStream(rpc: RpcCall, method: StreamMethod): Promise<OpenStream> {
  const { exchange, wire, context } = rpc
  const timeoutMs = timeoutMsOf(headerOf(exchange, 'grpc-timeout'))
  const signal = streamSignal(exchange, timeoutMs, context)
  const batches = await openBatches(rpc, method, { ...callOf(exchange, context), signal })
  // Clients wait for these headers before they hand the stream to their caller.
  wire.begin(exchange, { subscribed: 'true' })
  context.events.streamOpened(method.rpc)
  return { batches, signal }
}

async function openBatches(
  rpc: RpcCall,
  method: StreamMethod,
  call: Call & { readonly signal: AbortSignal },
): Promise<MessageBatches> {
  if (method.kind === 'server-stream')
    return method.openProto(await readMessage(rpc, method, 'whole'), call)
  if (rpc.wire.kind !== 'grpc') throw bidiNeedsGrpc(method.rpc)
  return method.open(budgetedMessages(rpc, frameOptions(rpc, method, 'whole')), call)
}

// A message that is not whole yet takes room in the budget, like any request.
async function* budgetedMessages(
  rpc: RpcCall,
  options: FrameOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const room = roomIn(rpc.context.budget)
  const chunks = async function* (): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of rpc.exchange.body.iterator({ destroyOnReturn: false })) {
      room.take(chunk.length)
      yield chunk
    }
  }
  try {
    for await (const message of messages(chunks(), options)) {
      room.giveBack()
      yield message
    }
  } finally {
    room.giveBack()
  }
}

async function readMessage(
  rpc: RpcCall,
  method: UnaryMethod | ServerStreamMethod,
  keptUntil: BodyOptions['keptUntil'],
): Promise<Uint8Array> {
  const { exchange, wire, context } = rpc
  const options = frameOptions(rpc, method, keptUntil)
  const isText = wire.kind === 'grpc-web-text'
  const body = await readBody(exchange, context, {
    maxBytes: framePrefixBytes + options.maxBytes,
    keptUntil,
    lengthOf: isText ? undefined : (start) => frameLength(start, options.maxBytes),
    check: isText ? undefined : options.check,
  })
  return onlyMessage(isText ? decodeBase64Body(body) : body, options)
}

function frameOptions(
  { exchange, context }: RpcCall,
  method: Method,
  keptUntil: BodyOptions['keptUntil'],
): FrameOptions {
  const encoding = headerOf(exchange, 'grpc-encoding')
  checkEncoding(encoding)
  const maxBytes = context.maxRequestBytes
  const check = (start: Buffer): void => {
    const isPlain = start[0] === 0
    if (isPlain) method.checkProto(start.subarray(framePrefixBytes))
  }
  const inflateMessage = (compressed: Uint8Array): Promise<Uint8Array> =>
    inflate(exchange, compressed, {
      budget: context.budget,
      maxBytes,
      keptUntil,
      check: method.checkProto,
    })
  return { maxBytes, encoding, check, inflate: inflateMessage }
}

function unknownMethod(path: string): ValidationError {
  const [, service = '', rpc = ''] = /^\/([\w.]{1,100})\/(\w{1,100})$/.exec(path) ?? []
  const what =
    service === '' ? 'malformed method name' : `unknown method ${rpc} for service ${service}`
  return new ValidationError('api/unimplemented', `Find method: ${what}`)
}

function bidiNeedsGrpc(rpc: string): ValidationError {
  return new ValidationError(
    'api/unimplemented',
    `Open ${rpc}: gRPC-Web cannot carry requests that go on, expected gRPC`,
  )
}
