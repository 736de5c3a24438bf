// What the protocols need to know of an API method, and nothing of what it does.

import { type Codec, decode } from '@posthorn/wire'
import type { JsonReader } from '../json/reader.ts'
import { checkFieldBounds, type MessageShape } from './value-bounds.ts'

/** Who calls, and how. */
export type Call = {
  /** The `authorization` header, as sent. */
  readonly authorization: string | undefined
  /** IP address of the client, as the node sees it. */
  readonly remoteAddress: string | undefined
  /** Takes room for so many bytes of the answer. @throws TransportError `transport/overloaded` */
  readonly hold: (lengthBytes: number) => void
  /** Takes from what the client may read. @throws AdmissionError */
  readonly spend: (cost: number) => void
}

/** A call whose answer is a stream; `signal` aborts when the client has gone or its time is over. */
export type StreamCall = Call & {
  readonly signal: AbortSignal
}

/** One message of a stream in each wire form, made once and shared by all streams. */
export type StreamMessage = {
  /** The message with its 5-byte prefix, as gRPC and gRPC-Web send it. */
  grpcFrame(): Buffer
  /** `{"result":{…}}` and a line feed. */
  jsonLine(): Buffer
}

/** A stream's messages, in batches of what is ready. */
export type MessageBatches = AsyncIterable<readonly StreamMessage[]>

/** Where a method is found. */
export type MethodName = {
  /** Full name of the gRPC service. */
  readonly service: string
  readonly rpc: string
  /** Path of the JSON gateway; undefined when gRPC alone has it. */
  readonly httpPath: string | undefined
}

/** Refuses a request of which this is the start. @throws ValidationError as `checkFieldBounds` */
export type CheckProto = (start: Uint8Array) => void

/** One request, one reply. */
export type UnaryMethod = MethodName & {
  readonly kind: 'unary'
  readonly checkProto: CheckProto
  readonly answerProto: (request: Uint8Array, call: Call) => Promise<Uint8Array>
  /** `request` is parsed JSON; the reply is JSON text. */
  readonly answerJson: (request: unknown, call: Call) => Promise<string>
}

/** One request, many replies. A promise that rejects refuses the call before the stream starts. */
export type ServerStreamMethod = MethodName & {
  readonly kind: 'server-stream'
  readonly checkProto: CheckProto
  readonly openProto: (request: Uint8Array, call: StreamCall) => Promise<MessageBatches>
  readonly openJson: (request: unknown, call: StreamCall) => Promise<MessageBatches>
}

/** Many requests, many replies. */
export type BidiMethod = MethodName & {
  readonly kind: 'bidi'
  readonly checkProto: CheckProto
  readonly open: (requests: AsyncIterable<Uint8Array>, call: StreamCall) => Promise<MessageBatches>
}

/** Any method of the API. */
export type Method = UnaryMethod | ServerStreamMethod | BidiMethod

/** How a request is read from its two forms. */
export type RequestForm<I> = {
  /** Name of the message type, for error texts. */
  readonly typeName: string
  readonly codec: Codec<I>
  readonly shape: MessageShape
  readonly json: JsonReader<I>
}

/**
 * A request from its binary form.
 *
 * @throws ValidationError as `checkFieldBounds`; CodecError as `decode`
 */
export function readRequest<I>({ codec, shape, typeName }: RequestForm<I>, bytes: Uint8Array): I {
  checkFieldBounds(bytes, shape)
  return decode(codec, bytes, typeName)
}

/** How a reply is written in its two forms. */
export type ReplyForm<O> = {
  readonly proto: (reply: O) => Uint8Array
  readonly json: (reply: O) => string
}

/** What a unary method is made of. */
export type UnarySpec<I, O> = MethodName & {
  readonly request: RequestForm<I>
  readonly reply: ReplyForm<O>
  readonly handle: (request: I, call: Call) => Promise<O>
}

/** Makes a unary method out of a typed handler. */
export function unaryMethod<I, O>(spec: UnarySpec<I, O>): UnaryMethod {
  const { service, rpc, httpPath, request, reply, handle } = spec
  return {
    kind: 'unary',
    service,
    rpc,
    httpPath,
    checkProto: (start) => checkFieldBounds(start, request.shape),
    answerProto: async (bytes, call) =>
      reply.proto(await handle(readRequest(request, bytes), call)),
    answerJson: async (value, call) => reply.json(await handle(request.json(value, ''), call)),
  }
}

/** What a server-streaming method is made of. */
export type ServerStreamSpec<I> = MethodName & {
  readonly request: RequestForm<I>
  readonly open: (request: I, call: StreamCall) => Promise<MessageBatches>
}

/** Makes a server-streaming method out of a typed handler. */
export function serverStreamMethod<I>(spec: ServerStreamSpec<I>): ServerStreamMethod {
  const { service, rpc, httpPath, request, open } = spec
  return {
    kind: 'server-stream',
    service,
    rpc,
    httpPath,
    checkProto: (start) => checkFieldBounds(start, request.shape),
    openProto: async (bytes, call) => open(readRequest(request, bytes), call),
    openJson: async (value, call) => open(request.json(value, ''), call),
  }
}
