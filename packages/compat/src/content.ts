// Content between an application's codecs and bytes.

import {
  codecRegistry,
  decodeEncodedContent,
  encodeContent,
  webCompressor,
} from '@posthorn/content'
import { CodecError, UsageError } from '@posthorn/errors'
import type { Anything } from './anything.ts'
import type { CodecRegistry } from './codec.ts'
import { compressionOf } from './compression.ts'
import { ContentTypeId } from './content-type-id.ts'
import { type HandedContent, handedType, passingCodecs } from './handed-content.ts'
import type { SendOptions } from './options.ts'
import { ContentTypeText } from './text-codec.ts'

/** Content that was received. */
export type DecodedContent<T> = {
  /** Undefined when there is no codec for it. */
  content: T
  contentType: ContentTypeId
  /** Why there is no content. */
  error?: Error | undefined
  contentFallback?: string | undefined
}

const passing = codecRegistry(passingCodecs)

/** Content as its codec encodes it. @throws UsageError `compat/unknown-content-type` */
export function handOver(
  registry: CodecRegistry,
  content: unknown,
  options: SendOptions = {},
): HandedContent {
  const contentType = options.contentType ?? ContentTypeText
  const codec = registry.codecFor(contentType)
  if (codec === undefined) {
    throw new UsageError('compat/unknown-content-type', unknownType(contentType))
  }
  const { type, parameters, content: bytes, fallback } = codec.encode(content, registry)
  const shown = options.contentFallback || codec.fallback(content) || fallback
  const encoded = { type, parameters, content: bytes, ...(shown ? { fallback: shown } : {}) }
  return { encoded, shouldPush: codec.shouldPush(content) }
}

/** The bytes that are sealed into a message. @throws UsageError `compat/unknown-content-type` */
export async function encode(
  registry: CodecRegistry,
  content: unknown,
  options: SendOptions = {},
): Promise<{ payload: Uint8Array; shouldPush: boolean }> {
  const handed = handOver(registry, content, options)
  const compression = compressionOf(options.compression)
  const encoded = await encodeContent(passing, handed, { contentType: handedType, compression })
  return { payload: encoded.bytes, shouldPush: encoded.shouldPush }
}

/** How to decode. */
export type DecodeOptions = { readonly maxContentSize: number }

/**
 * The content of bytes.
 *
 * @throws CodecError for bytes that are no encoded content, and whatever the codec throws
 */
export async function decode<T = Anything>(
  registry: CodecRegistry,
  bytes: Uint8Array,
  { maxContentSize }: DecodeOptions,
): Promise<DecodedContent<T>> {
  const { type, parameters, fallback, compression, ...sealed } = decodeEncodedContent(bytes)
  const contentType = new ContentTypeId(type)
  const content =
    compression === undefined
      ? sealed.content
      : await webCompressor.decompress(compression, sealed.content, maxContentSize)
  const encoded = {
    type: contentType,
    parameters: { ...parameters },
    content,
    ...(fallback === undefined ? {} : { fallback }),
  }
  const codec = registry.codecFor(contentType)
  const shown = { contentType, contentFallback: fallback }
  if (codec !== undefined)
    return { content: codec.decode(encoded, registry), error: undefined, ...shown }
  const error = new CodecError('compat/unknown-content-type', unknownType(contentType))
  return { content: undefined as T, error, ...shown }
}

function unknownType(type: ContentTypeId): string {
  return `unknown content type ${type}`
}
