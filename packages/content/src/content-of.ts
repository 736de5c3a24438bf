// From a message of any type to content with the type that its codec gives it.

import type { ContentCodec } from './codec.ts'
import { type ContentTypeId, sameContentType } from './content-type.ts'

/** What a message must tell: decoded content, and messages of a client, do. */
export type MessageOfAnyType = {
  readonly kind: string
  readonly contentType?: ContentTypeId | undefined
  readonly content?: unknown
}

/**
 * The content of a message if it is of the codec's type, undefined if it is of another or was not decoded.
 * The codec must be the one that was registered for the type.
 */
export function contentOf<T>(codec: ContentCodec<T>, message: MessageOfAnyType): T | undefined {
  const { contentType, content } = message
  if (contentType === undefined || !sameContentType(contentType, codec.contentType))
    return undefined
  return content as T | undefined
}
