// Plain text that stands for content where its codec is missing.

import type { ContentCodec } from './codec.ts'
import type { EncodedContent } from './encoded-content.ts'

/** Encoded content with the codec's fallback, unless it brings one of its own. */
export function withFallback(
  encoded: EncodedContent,
  codec: ContentCodec,
  content: unknown,
): EncodedContent {
  const fallback = encoded.fallback ?? codec.fallback(content)
  return fallback === undefined ? encoded : { ...encoded, fallback }
}

/** Fallback of files, in the words that published clients use. */
export function fileFallback(filename: string | undefined): string {
  const what = filename === undefined ? 'this content' : `"${filename}"`
  return `Can’t display ${what}. This app doesn’t support attachments.`
}
