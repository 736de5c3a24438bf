// Under which key each record lies. Names and ids enter keys as keyed hashes only, so that a copy of the medium
// tells how many records there are and their times, and not whose.

import { toBase64Url, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import type { LocalConsentState, LocalConversation, LocalMessage } from '../records.ts'

/** The kinds of cells, by the first character of their keys. */
export const tables = {
  about: 'b',
  consent: 'a',
  conversation: 'c',
  draft: 'd',
  progress: 'g',
  index: 'i',
  list: 'l',
  message: 'm',
  name: 'n',
  outbox: 'o',
  peer: 'p',
  readMark: 'r',
  setting: 's',
  meta: 'v',
  segment: 'x',
} as const

/** A kind of cells. */
export type Table = keyof typeof tables

/** What only leads to other cells: not sealed, but checked against the sealed cell that it leads to. */
export function isSealed(key: string): boolean {
  const table = key[0]
  return table !== tables.index && table !== tables.list && table !== tables.peer
}

/** Every key of a prefix, as the two ends of a range. */
export function under(prefix: string): { readonly from: string; readonly before: string } {
  return { from: prefix, before: `${prefix}~` }
}

/** Every key of a table. */
export function wholeTable(table: Table): { readonly from: string; readonly before: string } {
  return under(`${tables[table]}/`)
}

/** Makes keys. */
export type CellKeys = {
  /** A record that is found by a name of any kind. */
  named(table: Table, name: string): string
  message(message: Pick<LocalMessage, 'topic' | 'sentNs' | 'id'>): string
  /** Where it stands that a message is about something. */
  about(about: string, message: Pick<LocalMessage, 'sentNs' | 'id'>): string
  /** The prefix of all that is about something. */
  allAbout(about: string): string
  /** The prefix of all messages of a topic. */
  messagesOf(topic: string): string
  /** Below all messages of a topic that were sent at a time or later, above those sent earlier. */
  messagesAt(topic: string, sentNs: bigint): string
  list(conversation: ListPlace): string
  /** The prefix of a peer's conversations, whatever the case of its address. */
  peer(peerAddress: string): string
  peerConversation(peerAddress: string, topic: string): string
}

/** What decides about a conversation's place in lists. */
export type ListPlace = Pick<LocalConversation, 'topic' | 'orderNs' | 'consent'>

/** The prefix of the list of conversations in one state. */
export function listOf(consent: LocalConsentState): string {
  return `${tables.list}/${consent[0]}/`
}

/** A time as it stands in keys: 16 hexadecimal digits. @throws UsageError `local-store/bad-time` */
function timeKey(ns: bigint): string {
  if (ns >= 0n && ns < 2n ** 64n) return ns.toString(16).padStart(16, '0')
  throw new UsageError(
    'local-store/bad-time',
    'Store a time: it is not in the 64 bits of nanoseconds since 1970',
  )
}

/** A number as it stands in keys. */
export function numberKey(table: Table, number: number): string {
  return `${tables[table]}/${number.toString(16).padStart(14, '0')}`
}

/** The number in a key of {@link numberKey}. */
export function numberOf(key: string): number {
  return Number.parseInt(key.slice(2), 16)
}

const hashBytes = 16
// As many names of each kind are remembered: a put asks for the same ones several times.
const maxKnown = 10_000

/** Creates the keys of one store from its secret for look-ups, 32 bytes. */
export function createCellKeys(hash: Crypto['hash'], secret: Uint8Array): CellKeys {
  // A map for each kind, whose names need not be put together for a look-up.
  const known = new Map<string, Map<string, string>>()

  function hashed(kind: string, name: string): string {
    const ofKind = known.get(kind) ?? new Map<string, string>()
    const remembered = ofKind.get(name)
    if (remembered !== undefined) return remembered
    const full = hash.hmacSha256(secret, toUtf8(`${kind}\0${name}`))
    const key = toBase64Url(full.subarray(0, hashBytes))
    if (ofKind.size >= maxKnown) ofKind.clear()
    known.set(kind, ofKind.set(name, key))
    return key
  }

  const topicKey = (topic: string): string => hashed('topic', topic)
  const messagesOf = (topic: string): string => `${tables.message}/${topicKey(topic)}/`
  const allAbout = (about: string): string => `${tables.about}/${hashed('about', about)}/`
  const peer = (peerAddress: string): string =>
    `${tables.peer}/${hashed('peer', peerAddress.toLowerCase())}/`
  return {
    named: (table, name) => {
      const isTopic = table === 'conversation' || table === 'readMark' || table === 'draft'
      return `${tables[table]}/${isTopic ? topicKey(name) : hashed(table, name)}`
    },
    message: ({ topic, sentNs, id }) =>
      `${messagesOf(topic)}${timeKey(sentNs)}/${hashed('index', id)}`,
    about: (about, { sentNs, id }) => `${allAbout(about)}${timeKey(sentNs)}/${hashed('index', id)}`,
    allAbout,
    messagesOf,
    messagesAt: (topic, sentNs) => `${messagesOf(topic)}${timeKey(sentNs)}/`,
    list: ({ topic, orderNs, consent }) =>
      `${listOf(consent)}${timeKey(orderNs)}/${topicKey(topic)}`,
    peer,
    peerConversation: (peerAddress, topic) => `${peer(peerAddress)}${topicKey(topic)}`,
  }
}

/** The key of the conversation that a key of a list or of a peer leads to. */
export function conversationKeyOf(leadingKey: string): string {
  return `${tables.conversation}/${leadingKey.slice(leadingKey.lastIndexOf('/') + 1)}`
}
