// gRPC-Web by hand over fetch, as browsers send it.

export type WebOutcome = {
  readonly code: number
  readonly message: string
  readonly reply: Buffer | undefined
  readonly response: Response
  readonly trailers: Record<string, string>
}

/** A message as a frame. */
export function frame(message: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flags
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

export async function callWeb(
  url: string,
  body: Uint8Array,
  options: { isText?: boolean; headers?: Record<string, string> } = {},
): Promise<WebOutcome> {
  const { isText = false, headers = {} } = options
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': isText ? 'application/grpc-web-text' : 'application/grpc-web+proto',
      'x-grpc-web': '1',
      ...headers,
    },
    body: isText ? Buffer.from(body).toString('base64') : (body as Uint8Array<ArrayBuffer>),
  })
  const got = Buffer.from(await response.arrayBuffer())
  const frames = framesOf(isText ? decodePieces(got.toString('latin1')) : got)
  const trailers = fieldsOf(frames.find(({ flags }) => flags === 0x80)?.message.toString() ?? '')
  return {
    code: Number(trailers['grpc-status'] ?? response.headers.get('grpc-status') ?? -1),
    message: decodeURIComponent(trailers['grpc-message'] ?? ''),
    reply: frames.find(({ flags }) => flags === 0)?.message,
    response,
    trailers,
  }
}

/** Base64 that may consist of several padded pieces. */
export function decodePieces(text: string): Buffer {
  return Buffer.concat((text.match(/[^=]+=*/g) ?? []).map((piece) => Buffer.from(piece, 'base64')))
}

export type Frame = { readonly flags: number; readonly message: Buffer }

export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    frames.push({ flags: bytes[at] ?? 0, message: bytes.subarray(at + 5, end) })
    at = end
  }
  return frames
}

function fieldsOf(block: string): Record<string, string> {
  const lines = block.split('\r\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}
