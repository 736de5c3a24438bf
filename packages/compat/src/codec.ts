// Codecs, in the shape that the published content type packages have.

import type { Anything } from './anything.ts'
import type { ContentTypeId } from './content-type-id.ts'

/** Typed content. */
export type EncodedContent<Parameters = Record<string, string>> = {
  type: ContentTypeId
  parameters: Parameters
  fallback?: string
  compression?: number
  content: Uint8Array
}

/** Finds the codec of content that lies in other content; a client is one. */
export type CodecRegistry<T = Anything> = {
  codecFor(contentType: ContentTypeId): ContentCodec<T> | undefined
}

/** Translates one content type. */
export type ContentCodec<T = Anything, Parameters = Record<string, string>> = {
  contentType: ContentTypeId
  encode(content: T, registry: CodecRegistry<T>): EncodedContent<Parameters>
  decode(content: EncodedContent<Parameters>, registry: CodecRegistry<T>): T
  fallback(content: T): string | undefined
  shouldPush: (content: T) => boolean
}

/** What a codec decodes to. */
export type ExtractDecodedType<C> = C extends ContentCodec<infer T> ? T : never
