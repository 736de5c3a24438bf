// What an account's own store keeps: plain readonly data, one type for each kind of record.

/** What an account has decided about a peer; `unknown` until it has. */
export type LocalConsentState = 'allowed' | 'denied' | 'unknown'

/** A conversation as the network gave it. */
export type NewConversation = {
  readonly topic: string
  readonly peerAddress: string
  readonly createdNs: bigint
  readonly version: 'v1' | 'v2'
  /** Secret; V2 only. */
  readonly keyMaterial?: Uint8Array | undefined
  readonly conversationId?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Whatever else the client wants back with the conversation, in its own encoding. */
  readonly extra?: Uint8Array | undefined
}

/** The newest message of a conversation, as far as a list shows it. */
export type LastMessage = {
  readonly id: string
  readonly sentNs: bigint
  readonly isOwn: boolean
  readonly senderAddress: string | undefined
  readonly contentType: string | undefined
  /** The beginning of the message's text, at most 140 characters. */
  readonly preview: string | undefined
  readonly status: MessageStatus
}

/** A conversation as the store keeps it: with everything that a list of conversations shows. */
export type LocalConversation = NewConversation & {
  readonly consent: LocalConsentState
  /** Incoming messages later than the read mark, quiet ones aside. */
  readonly unreadCount: number
  readonly last: LastMessage | undefined
  /** What lists are ordered by: time of the newest message, or of the beginning. */
  readonly orderNs: bigint
}

/** `stored`: it is on the network. The others are those of the outbox. */
export type MessageStatus = 'stored' | 'sending' | 'failed'

/** A message. */
export type LocalMessage = {
  /** Unique in the store. */
  readonly id: string
  readonly topic: string
  readonly sentNs: bigint
  /** Sent by this account, here or elsewhere. */
  readonly isOwn: boolean
  readonly senderAddress?: string | undefined
  /** `authority/type:major.minor`. */
  readonly contentType?: string | undefined
  /** The encoded content as it came, so that codecs added later can read it. */
  readonly content?: Uint8Array | undefined
  /** What search and previews see: the text, or what stands in for it. */
  readonly text?: string | undefined
  /** Why it could not be opened, a stable code; a put without it replaces such a message. */
  readonly undecodable?: string | undefined
  /** Neither counts as unread nor shows as a conversation's last message: a read receipt, for instance. */
  readonly isQuiet?: boolean | undefined
  /** Default `stored`. */
  readonly status?: MessageStatus | undefined
  /** The same for all copies that strangers can file of a message; only the first of them is kept. */
  readonly copyKey?: string | undefined
  /** What it is about, for instance the id of the message that it answers; `messagesAbout` finds it by that. */
  readonly about?: string | undefined
  /** When its content was last replaced; a put with a later one replaces it again, and nothing else. */
  readonly revisedNs?: bigint | undefined
  /** The node's number for it. */
  readonly sequence?: number | undefined
  /** Whatever else the client wants back with the message, in its own encoding. */
  readonly extra?: Uint8Array | undefined
}

/** A decision about an address, a group or an inbox. */
export type ConsentEntry = {
  readonly subject: 'address' | 'groupId' | 'inboxId'
  readonly value: string
  readonly state: LocalConsentState
  /** When it was decided; an earlier decision never replaces a later one. */
  readonly decidedNs: bigint
}

/** How far a conversation has been read; marks only move forward. */
export type ReadMark = {
  readonly topic: string
  /** Messages up to and including this time are read. */
  readonly readNs: bigint
}

/** What was written but not sent. */
export type Draft = {
  readonly topic: string
  /** Empty text deletes the draft. */
  readonly text: string
  readonly changedNs: bigint
  /** Message it answers. */
  readonly replyTo?: string | undefined
}

/** What a name service said. */
export type CachedName = {
  /** What was asked for: an address or a name. */
  readonly query: string
  /** The answer; undefined when there was none. */
  readonly value: string | undefined
  readonly fetchedNs: bigint
  /** Whatever else belongs to it: avatar, service. */
  readonly details?: Readonly<Record<string, string>> | undefined
}

/** How far the log of a node has been read, for one purpose: a topic, or the whole inbox. */
export type ProgressMark = {
  readonly purpose: string
  readonly logId: string
  /** The last number that was read. Within one log marks only move forward. */
  readonly sequence: number
}

/** A value of the client's own. */
export type LocalSetting = {
  readonly key: string
  /** JSON; undefined deletes the setting. */
  readonly value: SettingValue | undefined
}

/** Plain JSON. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue }

/** An envelope, sealed once, as it is sent again and again until a node has it. */
export type OutboxEnvelope = {
  readonly contentTopic: string
  readonly timestampNs: bigint
  readonly message: Uint8Array
}

/** A message on its way to the network. */
export type OutboxEntry = {
  /** Order of entries; those of one conversation are sent in it. */
  readonly number: number
  readonly topic: string
  readonly messageId: string
  readonly envelopes: readonly OutboxEnvelope[]
  /** `failed`: a node refused it for good, and only `retry` sends it again. */
  readonly state: 'waiting' | 'failed'
  /** Of the refusal. */
  readonly code: string | undefined
}
