// gRPC frames, for the clients of the tests.

/** A frame of a message. */
export function frameOf(message: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.from([flags, 0, 0, 0, 0])
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** A frame taken apart. */
export type Frame = { readonly flags: number; readonly message: Buffer }

/** Takes whole frames out of bytes that arrive in pieces. */
export function createDeframer(): (chunk: Uint8Array) => Frame[] {
  let pending = Buffer.alloc(0)
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    const frames: Frame[] = []
    while (pending.length >= 5 && pending.length >= 5 + pending.readUInt32BE(1)) {
      const end = 5 + pending.readUInt32BE(1)
      frames.push({ flags: pending[0] ?? 0, message: pending.subarray(5, end) })
      pending = pending.subarray(end)
    }
    return frames
  }
}

/** Reads `name: value` lines. */
export function readFields(block: string): Record<string, string> {
  const lines = block.split('\r\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}
