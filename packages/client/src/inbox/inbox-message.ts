// Records of the store to messages as applications see them; decoding happens here, when they are looked at.

import { type ContentTypeId, decodeContent, parseContentType } from '@posthorn/content'
import type { LocalMessage, LocalPage } from '@posthorn/local-store'
import type { ContentReader } from './content-facts.ts'
import type { InboxMessage } from './inbox.ts'
import { notesOf } from './message-notes.ts'
import { revisionName } from './revision.ts'

/** A message with its content. */
export async function inboxMessageOf(
  reader: ContentReader,
  message: LocalMessage,
): Promise<InboxMessage> {
  const { id, topic, sentNs, isOwn, senderAddress, status = 'stored' } = message
  const notes = notesOf(message)
  return {
    id,
    topic,
    sentNs,
    isOwn,
    senderAddress,
    isSenderParty: senderAddress !== undefined && notes.isFromStranger !== true,
    status,
    about: aboutOf(message),
    editedNs: notes.edited === undefined ? undefined : BigInt(notes.edited),
    ...(notes.isDeleted ? deleted(message) : await contentOf(reader, message)),
  }
}

/** A page of messages with their content. */
export async function inboxMessagesOf(
  reader: ContentReader,
  page: LocalPage<LocalMessage>,
): Promise<LocalPage<InboxMessage>> {
  const items = await Promise.all(page.items.map((each) => inboxMessageOf(reader, each)))
  return { ...page, items }
}

type Shown = Pick<InboxMessage, 'kind' | 'contentType' | 'content' | 'fallback' | 'code'>

const nothing = { content: undefined, fallback: undefined, code: undefined }

function deleted({ contentType }: LocalMessage): Shown {
  return { kind: 'deleted', ...nothing, contentType: typeOf(contentType) }
}

async function contentOf(
  { registry, decoding }: ContentReader,
  { content: bytes, undecodable }: LocalMessage,
): Promise<Shown> {
  if (bytes === undefined) {
    return { kind: 'undecodable', ...nothing, contentType: undefined, code: undecodable }
  }
  const incoming = await decodeContent(registry, bytes, decoding)
  const { contentType, fallback } = incoming
  if (incoming.kind === 'decoded') {
    return { kind: 'message', contentType, content: incoming.content, fallback, code: undefined }
  }
  return {
    kind: 'undecodable',
    contentType,
    content: undefined,
    fallback,
    code: incoming.error.code,
  }
}

function aboutOf(message: LocalMessage): string | undefined {
  const { about, senderAddress } = message
  const { revises } = notesOf(message)
  if (revises !== undefined && about === revisionName(revises, senderAddress ?? '')) return revises
  return message.undecodable === undefined ? about : undefined
}

function typeOf(text: string | undefined): ContentTypeId | undefined {
  try {
    return text === undefined ? undefined : parseContentType(text)
  } catch {
    return undefined
  }
}
