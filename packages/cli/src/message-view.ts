// Messages as documents for scripts and as lines for people.

import type { Conversation, Message } from '@posthorn/client'
import { formatContentType } from '@posthorn/content'
import { formatMoment } from './moment.ts'
import type { NameOf } from './names/name-tags.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

/** How lines are written. */
export type LineOptions = {
  readonly style: Style
  /** Address of the account that reads. */
  readonly ownAddress: string
  /** Whether lines of several conversations stand together. */
  readonly isMixed: boolean
  /** Names to show for addresses. */
  readonly nameOf?: NameOf | undefined
}

const shortAddressLength = 13

/** The message for scripts. */
export function messageDocument(message: Message, nameOf: NameOf = noName): unknown {
  const { kind, id, sent, sentNs, fallback } = message
  const base = { kind, id, ...conversationFields(message.conversation, nameOf), sent, sentNs }
  if (message.kind === 'undecodable') {
    return { ...base, code: message.code, reason: message.reason, fallback }
  }
  return {
    ...base,
    senderAddress: message.senderAddress,
    senderName: nameOf(message.senderAddress),
    isSenderParty: message.isSenderParty,
    contentType: formatContentType(message.contentType),
    content: message.content,
    fallback,
  }
}

/** The conversation for scripts. */
export function conversationDocument(conversation: Conversation, nameOf: NameOf = noName): unknown {
  const { version, createdAt, context } = conversation
  const fields = conversationFields(conversation, nameOf)
  return { ...fields, version, createdAt, metadata: context?.metadata }
}

/** Addresses that the line and the document of a message show. */
export function accountsOf({ senderAddress, conversation }: Message): readonly string[] {
  const { peerAddress } = conversation
  return senderAddress === undefined ? [peerAddress] : [senderAddress, peerAddress]
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

// A name never stands alone: who owns it today need not own it tomorrow.
function shown(address: string, nameOf: NameOf): string {
  const name = nameOf(address)
  const short = shortAddress(address)
  return name === undefined ? short : `${printable(name)} (${short})`
}

const noName: NameOf = () => undefined

function conversationFields({ topic, peerAddress, context }: Conversation, nameOf: NameOf) {
  return {
    topic,
    peerAddress,
    peerName: nameOf(peerAddress),
    conversationId: context?.conversationId,
  }
}

function senderOf(message: Message, { ownAddress, isMixed, nameOf = noName }: LineOptions): string {
  const { senderAddress, conversation } = message
  const peer = shown(conversation.peerAddress, nameOf)
  if (senderAddress === undefined) return '?'.padEnd(shortAddressLength)
  if (senderAddress !== ownAddress) return shown(senderAddress, nameOf)
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
