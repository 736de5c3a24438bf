// The translator between an application's values and encoded content.

import type { ContentTypeId } from './content-type.ts'
import type { EncodedContent } from './encoded-content.ts'

/** Translates one content type. Methods may throw; the caller turns that into data. */
export type ContentCodec<T = unknown> = {
  /** The type and the highest version that this codec reads and writes. */
  readonly contentType: ContentTypeId
  /** Set for content that matters only now, such as typing notices: it is sent where nothing is kept. */
  readonly isEphemeral?: boolean
  encode(content: T, registry: CodecRegistry): EncodedContent
  decode(encoded: EncodedContent, registry: CodecRegistry): T
  /** What readers without this codec see; undefined for nothing. */
  fallback(content: T): string | undefined
  /** Whether the receiver's phone should ring. */
  shouldPush(content: T): boolean
}

/** Finds the codec of a type; handed to codecs whose content holds other content. */
export type CodecRegistry = {
  /** Undefined when the type is unknown or its major version is above that of every codec of the type. */
  codecFor(type: ContentTypeId): ContentCodec | undefined
  /** How deep in nested content this lookup happens; 0 for the outermost. */
  readonly depth?: number
}
