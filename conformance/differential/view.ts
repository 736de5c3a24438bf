// A message as an application sees it, in a form that two implementations share.

import type { Message } from '@posthorn/client'
import { formatContentType } from '@posthorn/content'
import { plain } from '../content-types/peers.ts'
import type { SdkMessage } from '../xmtp-js/sdk.ts'

/** What is compared of a message. */
export type View = {
  readonly id: string
  readonly sender: string
  readonly sentMs: number
  readonly type: string
  /** Undefined where there is no codec for it. */
  readonly content: unknown
  readonly fallback: string | undefined
  readonly version: string
}

/** What the published package gives, described as far as it is compared. */
export type PublishedMessage = SdkMessage & {
  readonly contentType: Parameters<typeof formatContentType>[0]
}

/** Messages of ours; what cannot be read is left out, as the published package does. */
export function ourViews(messages: readonly Message[]): View[] {
  return messages.flatMap((message) => (message.kind === 'message' ? [ourView(message)] : []))
}

/** Messages of the published package. */
export function publishedViews(messages: readonly SdkMessage[]): View[] {
  return messages.map((message) => publishedView(message as PublishedMessage))
}

/** A fact that is no message. */
export function factView(id: string, content: unknown): View {
  return {
    id,
    sender: '',
    sentMs: 0,
    type: '',
    content,
    fallback: undefined,
    version: '',
  }
}

function ourView(message: Extract<Message, { kind: 'message' }>): View {
  return {
    id: message.id,
    sender: message.senderAddress,
    sentMs: message.sent.getTime(),
    type: formatContentType(message.contentType),
    content: plain(message.content),
    fallback: message.fallback,
    version: message.conversation.version,
  }
}

function publishedView(message: PublishedMessage): View {
  return {
    id: message.id,
    sender: message.senderAddress,
    sentMs: message.sent.getTime(),
    type: formatContentType(message.contentType),
    content: plain(message.content),
    fallback: message.contentFallback,
    version: message.messageVersion,
  }
}
