// What a list, a search and other messages need to know of content.

import {
  type CodecRegistry,
  type ContentTypeId,
  type DecodeOptions,
  decodeContent,
  formatContentType,
} from '@posthorn/content'
import type { LocalMessage } from '@posthorn/local-store'
import { isQuietType } from './inbox-codecs.ts'

/** How content is read. */
export type ContentReader = { readonly registry: CodecRegistry; readonly decoding: DecodeOptions }

/** What of a message follows from its content. */
export type ContentFacts = Pick<
  LocalMessage,
  'content' | 'contentType' | 'text' | 'isQuiet' | 'about' | 'undecodable'
>

/** What messages that no codec reads yet are about, so that they are found when there is one. */
export const awaitingCodec = 'no codec reads it'

/** Looks at encoded content; whatever is wrong with it is a fact as well. */
export async function factsOfContent(
  { registry, decoding }: ContentReader,
  bytes: Uint8Array,
): Promise<ContentFacts> {
  const incoming = await decodeContent(registry, bytes, decoding)
  const { contentType, fallback } = incoming
  const isQuiet = contentType !== undefined && isQuietType(contentType)
  const base = { content: bytes, contentType: contentType && formatContentType(contentType) }
  if (incoming.kind !== 'decoded') {
    const text = isQuiet ? undefined : fallback
    return { ...base, text, isQuiet, about: awaitingCodec, undecodable: incoming.error.code }
  }
  const isSilent = isQuiet || !rings(registry, incoming)
  const text = isSilent ? undefined : (textOf(incoming.content) ?? fallback)
  return { ...base, text, isQuiet: isSilent, about: referenceIn(incoming.content) }
}

type Decoded = { readonly contentType: ContentTypeId; readonly content: unknown }

function rings(registry: CodecRegistry, { contentType, content }: Decoded): boolean {
  try {
    return registry.codecFor(contentType)?.shouldPush(content) ?? true
  } catch {
    // A codec of the application's own may say what it likes about content of others.
    return true
  }
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content
  return textField(content, 'content') ?? textField(content, 'filename')
}

// Replies and reactions, and whatever else names the message that it is about in the same way.
function referenceIn(content: unknown): string | undefined {
  return textField(content, 'reference')
}

function textField(content: unknown, name: string): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  const value = (content as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
