// From an application's value to the bytes inside a message, and back.

import { CodecError, ProtocolError } from '@posthorn/errors'
import type { CodecRegistry } from './codec.ts'
import { requireCodec, unknownType } from './codec-registry.ts'
import {
  type Compressor,
  defaultMaxDecompressedBytes,
  isWorthCompressing,
  webCompressor,
} from './compression.ts'
import { type ContentTypeId, formatContentType } from './content-type.ts'
import {
  type CompressionMethod,
  decodeEncodedContent,
  type EncodedContent,
  encodeEncodedContent,
} from './encoded-content.ts'
import { withFallback } from './fallback.ts'
import { textType } from './standard/text.ts'

/** How to encode content. */
export type EncodeOptions = {
  /** Default: text. */
  readonly contentType?: ContentTypeId | undefined
  /** Used only for sizes that every published reader can expand; default: none. */
  readonly compression?: CompressionMethod | undefined
  /** Default: the engine's compression streams. */
  readonly compressor?: Compressor | undefined
}

/** Content ready to be sealed. */
export type OutgoingContent = {
  readonly contentType: ContentTypeId
  /** Encoded EncodedContent. */
  readonly bytes: Uint8Array
  readonly shouldPush: boolean
  /** Whether it belongs on the conversation's ephemeral topic, where nothing is kept. */
  readonly isEphemeral: boolean
}

/** How to decode content. */
export type DecodeOptions = {
  /** Default: {@link defaultMaxDecompressedBytes}. */
  readonly maxDecompressedBytes?: number | undefined
  /** Default: the engine's compression streams. */
  readonly compressor?: Compressor | undefined
}

/** What became of received content; none of the three is a reason to stop. */
export type IncomingContent =
  | {
      readonly kind: 'decoded'
      readonly contentType: ContentTypeId
      readonly content: unknown
      readonly fallback: string | undefined
    }
  | {
      /** No codec for the type, or the content is of a later major version. */
      readonly kind: 'unknown-type'
      readonly contentType: ContentTypeId
      readonly error: ProtocolError
      readonly fallback: string | undefined
    }
  | {
      /** The bytes are not what their type demands. */
      readonly kind: 'malformed'
      readonly contentType: ContentTypeId | undefined
      readonly error: ProtocolError
      readonly fallback: string | undefined
    }

/**
 * Encodes a value with the codec of its type.
 *
 * @throws UsageError `content/codec-not-registered`, `content/no-compression`, and whatever the codec throws
 */
export async function encodeContent(
  registry: CodecRegistry,
  content: unknown,
  options: EncodeOptions = {},
): Promise<OutgoingContent> {
  const contentType = options.contentType ?? textType
  const codec = requireCodec(registry, contentType)
  const plain = withFallback(codec.encode(content, registry), codec, content)
  const encoded = await compressed(plain, options)
  return {
    contentType: encoded.type,
    bytes: encodeEncodedContent(encoded),
    shouldPush: codec.shouldPush(content),
    isEphemeral: codec.isEphemeral ?? false,
  }
}

/** Decodes the bytes inside a message; whatever is wrong with them comes back as data. */
export async function decodeContent(
  registry: CodecRegistry,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<IncomingContent> {
  let encoded: EncodedContent
  try {
    encoded = decodeEncodedContent(bytes)
  } catch (error) {
    return malformed(error, undefined)
  }
  const codec = registry.codecFor(encoded.type)
  if (codec === undefined) {
    const { type: contentType, fallback } = encoded
    return { kind: 'unknown-type', contentType, error: unknownType(contentType), fallback }
  }
  try {
    const isPlain = encoded.compression === undefined
    const content = codec.decode(isPlain ? encoded : await expanded(encoded, options), registry)
    return { kind: 'decoded', contentType: encoded.type, content, fallback: encoded.fallback }
  } catch (error) {
    return malformed(error, encoded)
  }
}

async function compressed(
  encoded: EncodedContent,
  options: EncodeOptions,
): Promise<EncodedContent> {
  const { compression, compressor = webCompressor } = options
  if (compression === undefined || !isWorthCompressing(encoded.content.length)) return encoded
  const content = await compressor.compress(compression, encoded.content)
  return { ...encoded, compression, content }
}

async function expanded(encoded: EncodedContent, options: DecodeOptions): Promise<EncodedContent> {
  const { compression, content, ...rest } = encoded
  if (compression === undefined) return encoded
  const { compressor = webCompressor, maxDecompressedBytes = defaultMaxDecompressedBytes } = options
  return {
    ...rest,
    content: await compressor.decompress(compression, content, maxDecompressedBytes),
  }
}

function malformed(cause: unknown, encoded: EncodedContent | undefined): IncomingContent {
  return {
    kind: 'malformed',
    contentType: encoded?.type,
    error: cause instanceof ProtocolError ? cause : codecFailed(cause, encoded),
    fallback: encoded?.fallback,
  }
}

// Codecs come from applications too, and may throw anything.
function codecFailed(cause: unknown, encoded: EncodedContent | undefined): CodecError {
  const name = encoded === undefined ? 'unknown' : formatContentType(encoded.type)
  return new CodecError('content/codec-failed', `Decode content: the codec of ${name} failed`, {
    cause,
  })
}
