// HTTP/2 by hand, for what no honest client sends.

/** What every connection starts with: the preface and empty settings. */
export const opening: Buffer = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  rawFrame({ type: 4, payload: Buffer.alloc(0) }),
])

/** Parts of a frame; flags and stream are 0 unless they are given. */
export type RawFrame = {
  readonly type: number
  readonly flags?: number
  readonly stream?: number
  readonly payload: Buffer
}

/** Types of frames. */
export const frameType = { headers: 1, resetStream: 3, continuation: 9 } as const

/** Flag of HEADERS: no CONTINUATION follows. */
export const endHeaders = 4

/** One frame. */
export function rawFrame({ type, flags = 0, stream = 0, payload }: RawFrame): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const [post, http] = [0x83, 0x86]
const [authority, path, contentType] = [[0x01], [0x04], [0x0f, 0x10]]

/** The header block of a gRPC call. */
export function callHeaders(rpc: string): Buffer {
  return Buffer.concat([
    Buffer.from([post, http]),
    literal(authority, 'a'),
    literal(path, `/xmtp.message_api.v1.MessageApi/${rpc}`),
    literal(contentType, 'application/grpc'),
  ])
}

/** The same without an authority, which makes it malformed. */
export function malformedHeaders(rpc: string): Buffer {
  return Buffer.concat([
    Buffer.from([post, http]),
    literal(path, `/xmtp.message_api.v1.MessageApi/${rpc}`),
  ])
}

/** A field `a` with a value of so many bytes, 127 + 128 to 127 + 16,383; remembered by the receiver if `isIndexed`. */
export function longField(valueBytes: number, isIndexed: boolean): Buffer {
  const rest = valueBytes - 127
  const name = [isIndexed ? 0x40 : 0x10, 1, 0x61]
  const length = [0x7f, (rest & 127) | 128, rest >> 7]
  return Buffer.concat([Buffer.from([...name, ...length]), Buffer.alloc(valueBytes, 0x62)])
}

// Named by its place in the static table, never indexed.
function literal(name: readonly number[], value: string): Buffer {
  return Buffer.concat([Buffer.from([...name, value.length]), Buffer.from(value)])
}
