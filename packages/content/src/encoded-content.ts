// Typed content as bytes: what goes into an encrypted message (XIP-5).

import { CodecError } from '@posthorn/errors'
import { decode, encode, EncodedContent as WireEncodedContent } from '@posthorn/wire'
import type { ContentTypeId } from './content-type.ts'

/** How `content` is compressed: `deflate` is the zlib format (RFC 1950), `gzip` is RFC 1952. */
export type CompressionMethod = 'deflate' | 'gzip'

/** Content with the name of its type; the same shape that published XMTP codecs make and read. */
export type EncodedContent = {
  readonly type: ContentTypeId
  readonly parameters: Readonly<Record<string, string>>
  /** What to show where no codec for the type is registered. */
  readonly fallback?: string | undefined
  readonly compression?: CompressionMethod | undefined
  readonly content: Uint8Array
}

// Deflate is zero on the wire, yet written when present.
const methodByNumber: readonly CompressionMethod[] = ['deflate', 'gzip']

/** The bytes of encoded content; fields in the wire order 1, 2, 3, 5, 4. */
export function encodeEncodedContent(encoded: EncodedContent): Uint8Array {
  return encode(WireEncodedContent, toWireContent(encoded))
}

/** Encoded content in its generated form. */
export function toWireContent(encoded: EncodedContent): WireEncodedContent {
  const { authorityId, typeId, versionMajor, versionMinor } = encoded.type
  return {
    type: { authorityId, typeId, versionMajor, versionMinor },
    parameters: new Map(Object.entries(encoded.parameters)),
    fallback: encoded.fallback,
    compression: encoded.compression === undefined ? undefined : numberOf(encoded.compression),
    content: encoded.content,
  }
}

/**
 * Encoded content from bytes; its `content` is a view into them, still compressed if it was.
 *
 * @throws CodecError `wire/malformed`, `content/missing-type`, `content/unknown-compression`
 */
export function decodeEncodedContent(bytes: Uint8Array): EncodedContent {
  return fromWireContent(decode(WireEncodedContent, bytes, 'EncodedContent'))
}

/**
 * Encoded content from its generated form.
 *
 * @throws CodecError `content/missing-type`, `content/unknown-compression`
 */
export function fromWireContent(wire: WireEncodedContent): EncodedContent {
  if (wire.type === undefined) {
    throw new CodecError('content/missing-type', 'Decode content: it names no content type')
  }
  return {
    type: wire.type,
    // Not assignment: a parameter named __proto__ becomes a plain property.
    parameters: Object.fromEntries(wire.parameters),
    content: wire.content,
    ...(wire.fallback === undefined ? {} : { fallback: wire.fallback }),
    ...(wire.compression === undefined ? {} : { compression: methodOf(wire.compression) }),
  }
}

function numberOf(method: CompressionMethod): 0 | 1 {
  return method === 'deflate' ? 0 : 1
}

function methodOf(number: number): CompressionMethod {
  const method = methodByNumber[number]
  if (method === undefined) {
    throw new CodecError(
      'content/unknown-compression',
      `Decode content: compression is ${number}, expected 0 (deflate) or 1 (gzip)`,
    )
  }
  return method
}
