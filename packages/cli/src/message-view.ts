// Messages as documents for scripts and as lines for people.

import type { Conversation, Message } from '@posthorn/client'
import { formatContentType } from '@posthorn/content'
import { formatMoment } from './moment.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

/** How lines are written. */
export type LineOptions = {
  readonly style: Style
  /** Address of the account that reads. */
  readonly ownAddress: string
  /** Whether lines of several conversations stand together. */
  readonly isMixed: boolean
}

const shortAddressLength = 13

/** The message for scripts. */
export function messageDocument(message: Message): unknown {
  const { kind, id, sent, sentNs, fallback } = message
  const base = { kind, id, ...conversationFields(message.conversation), sent, sentNs }
  if (message.kind === 'undecodable') {
    return { ...base, code: message.code, reason: message.reason, fallback }
  }
  return {
    ...base,
    senderAddress: message.senderAddress,
    isSenderParty: message.isSenderParty,
    contentType: formatContentType(message.contentType),
    content: message.content,
    fallback,
  }
}

/** The conversation for scripts. */
export function conversationDocument(conversation: Conversation): unknown {
  const { version, createdAt, context } = conversation
  return { ...conversationFields(conversation), version, createdAt, metadata: context?.metadata }
}

/** The message for people: time, sender, text. */
export function messageLine(message: Message, options: LineOptions): string {
  const { style } = options
  const time = formatMoment(message.sent)
  const who = senderOf(message, options)
  const indent = time.length + who.length + 4
  return `${style.dim(time)}  ${style.accent(who)}  ${textOf(message, style, indent)}`
}

// The beginning and end: `0xf39F…b92266`.
function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-6)}`
}

function conversationFields({ topic, peerAddress, context }: Conversation) {
  return { topic, peerAddress, conversationId: context?.conversationId }
}

function senderOf(message: Message, { ownAddress, isMixed }: LineOptions): string {
  const { senderAddress, conversation } = message
  const peer = shortAddress(conversation.peerAddress)
  if (senderAddress === undefined) return '?'.padEnd(shortAddressLength)
  if (senderAddress !== ownAddress) return shortAddress(senderAddress)
  return isMixed ? `you → ${peer}` : 'you'.padEnd(shortAddressLength)
}

function textOf(message: Message, style: Style, indent: number): string {
  if (message.kind === 'undecodable') return style.careful(`[${printable(message.reason, indent)}]`)
  const text = contentText(message, indent, style)
  const { isSenderParty } = message
  return isSenderParty
    ? text
    : `${text} ${style.careful('[from somebody outside the conversation]')}`
}

function contentText(
  { content, contentType, fallback }: Extract<Message, { kind: 'message' }>,
  indent: number,
  style: Style,
): string {
  if (typeof content === 'string') return printable(content, indent)
  return style.dim(`[${printable(fallback ?? formatContentType(contentType), indent)}]`)
}
