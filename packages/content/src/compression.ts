// Compression of the outermost content.

import { concatBytes } from '@posthorn/bytes'
import { CodecError, ProtocolError, UsageError, ValidationError } from '@posthorn/errors'
import type { CompressionMethod } from './encoded-content.ts'

/** Content below this size is never compressed. */
export const minCompressedContentBytes = 10
/**
 * Published V2 readers drop compressed content that expands past this size without a word,
 * so nothing larger is ever sent compressed.
 */
export const maxCompressedContentForV2PeersBytes = 1_000
/** How far received content may expand unless the application says otherwise: 100 MiB. */
export const defaultMaxDecompressedBytes: number = 100 * 1_048_576

/** Compresses and expands bytes; give your own where the engine has no compression streams. */
export type Compressor = {
  compress(method: CompressionMethod, bytes: Uint8Array): Promise<Uint8Array>
  /** Must stop with `content/decompressed-too-big` before holding more than `maxBytes`. */
  decompress(method: CompressionMethod, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array>
}

// Deflate expands at most 1,032 times: an engine that expands a whole piece at once makes 1 MiB of it.
const pieceBytes = 1_024

/** A compressor made of the engine's CompressionStream and DecompressionStream. */
export const webCompressor: Compressor = {
  compress: async (method, bytes) => {
    requireStreams()
    const stream = new CompressionStream(method)
    return collect(piecesOf(bytes, bytes.length).pipeThrough(stream), Number.POSITIVE_INFINITY)
  },
  decompress: async (method, bytes, maxBytes) => {
    requireStreams()
    const stream = new DecompressionStream(method)
    try {
      return await collect(piecesOf(bytes, pieceBytes).pipeThrough(stream), maxBytes)
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause
      throw new CodecError('content/bad-compression', `Expand content: not valid ${method} data`, {
        cause,
      })
    }
  },
}

/** Whether content of this size is sent compressed when the application asks for it. */
export function isWorthCompressing(contentBytes: number): boolean {
  return (
    contentBytes >= minCompressedContentBytes && contentBytes <= maxCompressedContentForV2PeersBytes
  )
}

function piecesOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      // A copy, because a stream may take the buffer of what it is given.
      controller.enqueue(Uint8Array.from(bytes.subarray(at, at + size)))
      at += size
    },
  })
}

async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  // Not `for await`: streams of some browsers cannot be iterated.
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length
    if (length > maxBytes) {
      // Nothing more is expanded; how the stream takes it is of no interest.
      reader.cancel().catch(() => undefined)
      throw tooBig(maxBytes)
    }
    parts.push(next.value)
  }
  return concatBytes(...parts)
}

function requireStreams(): void {
  if (typeof CompressionStream === 'function' && typeof DecompressionStream === 'function') return
  throw new UsageError(
    'content/no-compression',
    'Compress content: this engine has no compression streams, give a compressor',
  )
}

function tooBig(maxBytes: number): ValidationError {
  return new ValidationError(
    'content/decompressed-too-big',
    `Expand content: it grows past ${maxBytes} bytes`,
  )
}
