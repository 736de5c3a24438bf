// gRPC framing: one flag byte, the length as 4 bytes big-endian, then the message.

import { concatBytes } from '@posthorn/bytes'
import { CodecError, TransportError } from '@posthorn/errors'
import type { ByteSource } from '../reply-body.ts'

const prefixBytes = 5

/** A frame of a reply; of gRPC-Web, one with the highest flag holds the trailers. */
export type Frame = { readonly flags: number; readonly message: Uint8Array }

/** A message as an uncompressed frame. */
export function frameOf(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(prefixBytes + message.length)
  new DataView(frame.buffer).setUint32(1, message.length)
  frame.set(message, prefixBytes)
  return frame
}

/**
 * The frames of a reply, each as soon as it is whole; messages are views into what arrived.
 *
 * @throws CodecError `transport/reply-too-big`; TransportError `transport/unavailable` when the last one is cut short
 */
export async function* readFrames(source: ByteSource, maxBytes: number): AsyncGenerator<Frame> {
  let pieces: Uint8Array[] = []
  let pendingBytes = 0
  let neededBytes = prefixBytes
  for await (const piece of source) {
    pieces.push(piece)
    pendingBytes += piece.length
    if (pendingBytes < neededBytes) continue
    let pending = pieces.length === 1 ? piece : concatBytes(...pieces)
    for (;;) {
      neededBytes = frameBytes(pending, maxBytes)
      if (pending.length < neededBytes || pending.length < prefixBytes) break
      yield { flags: pending[0] ?? 0, message: pending.subarray(prefixBytes, neededBytes) }
      pending = pending.subarray(neededBytes)
    }
    pieces = pending.length === 0 ? [] : [pending]
    pendingBytes = pending.length
  }
  if (pendingBytes > 0) throw cutShort()
}

// Of a frame that starts like this, prefix and all; a prefix that is not whole tells only its own.
function frameBytes(start: Uint8Array, maxBytes: number): number {
  if (start.length < prefixBytes) return prefixBytes
  const { buffer, byteOffset } = start
  const messageBytes = new DataView(buffer, byteOffset, prefixBytes).getUint32(1)
  if (messageBytes <= maxBytes) return prefixBytes + messageBytes
  throw new CodecError(
    'transport/reply-too-big',
    `Read message of the node: over ${maxBytes} bytes`,
  )
}

function cutShort(): TransportError {
  return new TransportError('transport/unavailable', 'Read message of the node: it was cut short')
}
