// Which codecs an application has.

import { CodecError, UsageError } from '@posthorn/errors'
import type { CodecRegistry, ContentCodec } from './codec.ts'
import { type ContentTypeId, formatContentType, sameContentType } from './content-type.ts'
import type { EncodedContent } from './encoded-content.ts'
import { textCodec } from './standard/text.ts'

/** How many contents may lie inside one another: a reply within a reply is 2. */
export const maxNestedDepth = 8

/**
 * A registry of the text codec and `codecs`; of two codecs for one type and major version the later
 * counts, and codecs of several major versions stand side by side.
 */
export function codecRegistry(codecs: readonly ContentCodec[] = []): CodecRegistry {
  const inOrder = [textCodec as ContentCodec, ...codecs]
    .reverse()
    .sort((a, b) => a.contentType.versionMajor - b.contentType.versionMajor)
  return {
    depth: 0,
    codecFor: (type) =>
      inOrder.find(
        ({ contentType }) =>
          sameContentType(contentType, type) && contentType.versionMajor >= type.versionMajor,
      ),
  }
}

/**
 * Encodes content that lies inside other content, without compression or fallback.
 *
 * @throws UsageError `content/codec-not-registered`; CodecError `content/nested-too-deep`
 */
export function encodeNested(
  type: ContentTypeId,
  content: unknown,
  registry: CodecRegistry,
): EncodedContent {
  const inner = nested(registry)
  return requireCodec(inner, type).encode(content, inner)
}

/**
 * Decodes content that lies inside other content.
 *
 * @throws CodecError `content/unknown-type`, `content/nested-compressed`, `content/nested-too-deep`,
 * and whatever the codec throws
 */
export function decodeNested(encoded: EncodedContent, registry: CodecRegistry): unknown {
  const inner = nested(registry)
  if (encoded.compression !== undefined) {
    throw new CodecError(
      'content/nested-compressed',
      'Decode nested content: it is compressed, only the outermost content may be',
    )
  }
  const codec = inner.codecFor(encoded.type)
  if (codec === undefined) throw unknownType(encoded.type)
  return codec.decode(encoded, inner)
}

/**
 * The codec of a type that the application wants to send.
 *
 * @throws UsageError `content/codec-not-registered`
 */
export function requireCodec(registry: CodecRegistry, type: ContentTypeId): ContentCodec {
  const codec = registry.codecFor(type)
  if (codec !== undefined) return codec
  throw new UsageError(
    'content/codec-not-registered',
    `Encode content: no codec for ${formatContentType(type)}, register one first`,
  )
}

/** The error that stands for content of a type without a codec. */
export function unknownType(type: ContentTypeId): CodecError {
  return new CodecError('content/unknown-type', `unknown content type ${formatContentType(type)}`)
}

function nested(registry: CodecRegistry): CodecRegistry {
  const depth = (registry.depth ?? 0) + 1
  if (depth > maxNestedDepth) {
    throw new CodecError(
      'content/nested-too-deep',
      `Translate nested content: more than ${maxNestedDepth} contents inside one another`,
    )
  }
  return { codecFor: (type) => registry.codecFor(type), depth }
}
