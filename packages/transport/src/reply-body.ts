// Bodies of replies as bounded pieces: a whole text, or one line after the other.

import { concatBytes, fromUtf8 } from '@posthorn/bytes'
import { CodecError } from '@posthorn/errors'

const lineFeed = 10

/** Bytes as they arrive, in pieces cut anywhere. */
export type ByteSource = AsyncIterable<Uint8Array>

/** The pieces of a reply. Engines without streaming bodies give one piece. */
export async function* bodyOf(response: Response): ByteSource {
  if (response.body === null || response.body === undefined) {
    yield new Uint8Array(await response.arrayBuffer())
    return
  }
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Cancelling tells the node to stop; what the cancellation itself says is of no interest.
    reader.cancel().catch(() => undefined)
  }
}

/**
 * The whole text of a body.
 *
 * @throws CodecError `transport/reply-too-big`, `bytes/not-utf8`
 */
export async function readText(source: ByteSource, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of source) {
    length += piece.length
    if (length > maxBytes) throw tooBig('reply', maxBytes)
    pieces.push(piece)
  }
  return fromUtf8(concatBytes(...pieces))
}

/**
 * Lines of a body without their line feed; a last line may lack it.
 * Bytes are cut before they are decoded, so characters split over two pieces stay whole.
 *
 * @throws CodecError `transport/reply-too-big`, `bytes/not-utf8`
 */
export async function* readLines(source: ByteSource, maxLineBytes: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  for await (const piece of source) {
    let start = 0
    for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, start)) {
      if (pendingBytes + end - start > maxLineBytes) throw tooBig('line', maxLineBytes)
      yield fromUtf8(concatBytes(...pending, piece.subarray(start, end)))
      pending = []
      pendingBytes = 0
      start = end + 1
    }
    pending.push(piece.subarray(start))
    pendingBytes += piece.length - start
    if (pendingBytes > maxLineBytes) throw tooBig('line', maxLineBytes)
  }
  if (pendingBytes > 0) yield fromUtf8(concatBytes(...pending))
}

function tooBig(what: string, maxBytes: number): CodecError {
  return new CodecError(
    'transport/reply-too-big',
    `Read ${what} of the node: over ${maxBytes} bytes`,
  )
}
