// Length-prefixed messages, as gRPC and gRPC-Web have them: flags (1), length (4, big-endian), bytes.

import { concatBytes } from '@posthorn/bytes'

const prefixBytes = 5

/** A frame; flag 0x80 marks the trailers of gRPC-Web, 0x01 a compressed message. */
export type Frame = { readonly flags: number; readonly bytes: Uint8Array }

/** The bytes of a frame. */
export function frameOf(bytes: Uint8Array, flags = 0): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(prefixBytes + bytes.length)
  frame[0] = flags
  new DataView(frame.buffer).setUint32(1, bytes.length)
  frame.set(bytes, prefixBytes)
  return frame
}

/** Cuts chunks, as they come, into frames. */
export function createDeframer(): (chunk: Uint8Array) => readonly Frame[] {
  let rest: Uint8Array = new Uint8Array(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : concatBytes(rest, chunk)
    const frames: Frame[] = []
    for (;;) {
      if (rest.length < prefixBytes) return frames
      const end = prefixBytes + new DataView(rest.buffer, rest.byteOffset).getUint32(1)
      if (rest.length < end) return frames
      frames.push({ flags: rest[0] ?? 0, bytes: rest.subarray(prefixBytes, end) })
      rest = rest.subarray(end)
    }
  }
}
