// Conversations with their keys as one run of bytes: the form in which published clients cache them, and in
// which an application exports them and takes them in again.

import { directMessageTopic } from '@posthorn/envelope'
import { decode, encode, type TopicMap_TopicData as TopicData, TopicMap } from '@posthorn/wire'
import type { Conversation } from './conversation.ts'
import { invitationFromWire, invitationToWire } from './invitation.ts'

/**
 * The bytes of conversations: a `TopicMap` from topic to creation time, peer address and, for V2, the
 * invitation. They hold the keys of all V2 conversations: whoever has them can read those.
 */
export function encodeConversations(conversations: readonly Conversation[]): Uint8Array {
  const topics = conversations.map(
    (conversation) => [conversation.topic, toWire(conversation)] as const,
  )
  return encode(TopicMap, { topics: new Map(topics) })
}

/**
 * Conversations of their bytes.
 *
 * @param selfAddress the account that the V1 conversations are of, in EIP-55 form
 * @throws CodecError `wire/malformed`, `invitation/bad-key`; ValidationError `invitation/bad-topic`
 */
export function decodeConversations(bytes: Uint8Array, selfAddress: string): Conversation[] {
  const { topics } = decode(TopicMap, bytes, 'TopicMap')
  return [...topics.values()].map((data) => fromWire(data, selfAddress))
}

/** Where published clients keep their caches. */
export type CacheLocation = {
  /** Name of the network: `local`, `dev` or `production`. */
  readonly env: string
  /** In EIP-55 form. */
  readonly address: string
}

/** The storage key of a cache: V2 conversations, V1 conversations, or consent actions. */
export function cacheKey(
  { env, address }: CacheLocation,
  cache: 'invitations/v1' | 'conversation-v1/v1' | 'private-preferences/actions',
): string {
  return `xmtp/${env}/${address}/${cache}`
}

/** The storage key of the number of times that a cache was written. */
export function revisionKey(storageKey: string): string {
  return `${storageKey}/revision`
}

/** The bytes of a revision: a signed 32-bit number, little-endian. */
export function encodeRevision(revision: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, revision, true)
  return bytes
}

function toWire(conversation: Conversation): TopicData {
  const { createdNs, peerAddress } = conversation
  const invitation = conversation.version === 'v2' ? invitationToWire(conversation) : undefined
  return { createdNs, peerAddress, invitation }
}

function fromWire(data: TopicData, selfAddress: string): Conversation {
  const { createdNs, peerAddress, invitation } = data
  if (invitation === undefined) {
    const topic = directMessageTopic(selfAddress, peerAddress)
    return { version: 'v1', topic, peerAddress, createdNs }
  }
  return { version: 'v2', peerAddress, createdNs, ...invitationFromWire(invitation) }
}
