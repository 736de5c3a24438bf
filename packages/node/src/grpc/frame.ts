// gRPC framing: one flag byte, the length as 4 bytes big-endian, then the message.

import { CodecError, ValidationError } from '@posthorn/errors'
import { BodyBytes } from '../server/body-bytes.ts'

/** Length of a frame's prefix. */
export const framePrefixBytes = 5

/** Encodings that a request may be compressed with, as `grpc-accept-encoding` names them. */
export const acceptedEncodings = 'identity,gzip'

/** What frames of one request may be. */
export type FrameOptions = {
  /** Largest message, compressed or not. */
  readonly maxBytes: number
  /** The request's `grpc-encoding`. */
  readonly encoding: string | undefined
  /** Undoes gzip, within bounds. */
  readonly inflate: (compressed: Uint8Array) => Promise<Uint8Array>
  /** Refuses a message of which this is the start, prefix and all. */
  readonly check?: (start: Buffer) => void
}

// Messages that lie where their frames are to be, with room for the prefix before them.
const frames = new WeakMap<Uint8Array, Buffer>()

/** Memory for a message of that length, not zeroed. {@link frame} puts its prefix before it instead of copying it. */
export function allocateMessage(lengthBytes: number): Buffer {
  const framed = Buffer.allocUnsafe(framePrefixBytes + lengthBytes)
  const message = framed.subarray(framePrefixBytes)
  frames.set(message, framed)
  return message
}

/** The message as an uncompressed frame. */
export function frame(message: Uint8Array, flags = 0): Buffer {
  const framed = frames.get(message) ?? Buffer.allocUnsafe(framePrefixBytes + message.length)
  framed[0] = flags
  framed.writeUInt32BE(message.length, 1)
  if (!frames.has(message)) framed.set(message, framePrefixBytes)
  return framed
}

/**
 * The length of a frame that starts like this, prefix and all; a prefix that is not whole tells only its own.
 *
 * @throws ValidationError `api/message-too-large`
 */
export function frameLength(start: Buffer, maxBytes: number): number {
  if (start.length < framePrefixBytes) return framePrefixBytes
  const messageBytes = start.readUInt32BE(1)
  if (messageBytes > maxBytes) throw messageTooLarge(messageBytes, maxBytes)
  return framePrefixBytes + messageBytes
}

/**
 * The only message of a unary request.
 *
 * @throws CodecError `api/truncated-frame`, `api/trailing-frame`, `api/bad-compression`
 */
export function onlyMessage(body: Buffer, options: FrameOptions): Uint8Array | Promise<Uint8Array> {
  const end = frameLength(body, options.maxBytes)
  if (end > body.length) throw truncated()
  if (end < body.length) {
    throw new CodecError(
      'api/trailing-frame',
      'Read frame: found bytes after the message, expected one message',
    )
  }
  return unpack(body, options)
}

/** The messages of a request that goes on, each as soon as it is complete. */
export async function* messages(
  chunks: AsyncIterable<Buffer>,
  options: FrameOptions,
): AsyncGenerator<Uint8Array, void, void> {
  let bytes = new BodyBytes()
  let neededBytes = framePrefixBytes
  for await (const chunk of chunks) {
    const start = bytes.append(chunk, neededBytes)
    if (start !== undefined) options.check?.(start)
    if (bytes.lengthBytes < neededBytes) continue
    let pending = bytes.take()
    neededBytes = frameLength(pending, options.maxBytes)
    while (neededBytes <= pending.length) {
      yield await unpack(pending.subarray(0, neededBytes), options)
      pending = pending.subarray(neededBytes)
      neededBytes = frameLength(pending, options.maxBytes)
    }
    bytes = new BodyBytes()
    if (pending.length > 0) bytes.append(pending, neededBytes)
  }
  if (bytes.lengthBytes > 0) throw truncated()
}

/** The refusal of a message that is too large, in the words that gRPC clients know. */
export function messageTooLarge(length: number, maxBytes: number): ValidationError {
  return new ValidationError(
    'api/message-too-large',
    `grpc: received message larger than max (${length} vs. ${maxBytes})`,
    { details: { lengthBytes: length, maxBytes } },
  )
}

function unpack(framed: Buffer, options: FrameOptions): Uint8Array | Promise<Uint8Array> {
  const flags = framed[0] ?? 0
  const message = framed.subarray(framePrefixBytes)
  if (flags === 0) return message
  if (flags !== 1) {
    throw new CodecError('api/bad-frame', `Read frame: found flags ${flags}, expected 0 or 1`)
  }
  if (options.encoding !== 'gzip') {
    throw new CodecError(
      'api/bad-compression',
      'Read frame: the message is compressed, but grpc-encoding does not say gzip',
    )
  }
  return options.inflate(message)
}

/**
 * Refuses encodings that nobody here can undo.
 *
 * @throws ValidationError `api/unimplemented`
 */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity' || encoding === 'gzip') return
  throw new ValidationError(
    'api/unimplemented',
    `Read request: grpc-encoding is not known, expected one of ${acceptedEncodings}`,
  )
}

function truncated(): CodecError {
  return new CodecError('api/truncated-frame', 'Read frame: cut short, expected a whole message')
}
