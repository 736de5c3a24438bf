// From envelopes of all the account's topics to one put: what they tell goes into the store together with the marks
// that say how far they were read, or not at all.

import { equalBytes } from '@posthorn/bytes'
import { NotFoundError, ProtocolError, UsageError } from '@posthorn/errors'
import type {
  ConsentEntry,
  LocalBatch,
  LocalMessage,
  LocalStore,
  ReadMark,
} from '@posthorn/local-store'
import { consentKey, messageId } from '@posthorn/protocol-v2'
import type { Envelope } from '@posthorn/transport'
import { openEntry } from '../conversation-entry.ts'
import type { StoreBook } from './book-of-store.ts'
import { settingPrefixes } from './inbox-settings.ts'
import type { InboxTopics } from './inbox-topics.ts'
import { isBetterEntry, type KnownConversation, localConversationOf } from './local-conversation.ts'
import { localMessageOf, type MessageReader } from './local-message.ts'
import { openReadMarks } from './read-mark-log.ts'
import { withRevisions } from './revise.ts'

/** What filing needs. */
export type FilingParts = {
  readonly reader: MessageReader
  readonly store: LocalStore
  readonly book: StoreBook
  readonly topics: InboxTopics
  /** Told of topics whose conversation is new, or has another key than before. */
  readonly onTopics: (topics: readonly string[]) => void
  /** Told of messages that are new. */
  readonly onMessages: (messages: readonly LocalMessage[]) => void
}

/** Marks that are stored with what was read, and only with it. */
export type FilingMarks = Pick<LocalBatch, 'progress' | 'settings'>

/** Files envelopes, in one put. */
export type File = (envelopes: readonly Envelope[], marks?: FilingMarks) => Promise<void>

/** Creates what files. Calls run one after the other. */
export function createFiling(parts: FilingParts): File {
  let last: Promise<unknown> = Promise.resolve()
  return (envelopes, marks = {}) => {
    const turn = last.then(() => file(parts, envelopes, marks))
    last = turn.catch(() => undefined)
    return turn
  }
}

async function file(
  parts: FilingParts,
  envelopes: readonly Envelope[],
  marks: FilingMarks,
): Promise<void> {
  const kinds = sorted(parts, envelopes)
  const begun = await conversationsIn(parts, kinds.beginnings)
  const consents = (
    await Promise.all(kinds.decisions.map((each) => consentsIn(parts, each)))
  ).flat()
  const readMarks = (await Promise.all(kinds.readMarks.map((each) => marksIn(parts, each)))).flat()
  const arrived = await messagesIn(parts, kinds.messages)
  const revised = await withRevisions({ ...parts.reader, ...parts }, arrived)
  const { settings = [], progress } = marks
  const unread = begun.filter((each) => opensMore(each, parts.book.get(each.data.topic)))
  const past = unread.map(({ data }) => ({
    key: `${settingPrefixes.past}${data.topic}`,
    value: {},
  }))
  await put(parts, {
    conversations: begun.map(localConversationOf),
    consents,
    readMarks,
    messages: revised.messages,
    progress,
    settings: [...settings, ...past, ...revised.settings],
  })
  for (const each of begun) parts.book.set(each)
  if (unread.length > 0) parts.onTopics(unread.map(({ data }) => data.topic))
  if (arrived.length > 0) parts.onMessages(arrived)
}

// With another key, messages open that did not before.
function opensMore({ data }: KnownConversation, known: KnownConversation | undefined): boolean {
  if (known === undefined) return true
  if (data.version === 'v1' || known.data.version === 'v1')
    return data.version !== known.data.version
  return !equalBytes(data.keyMaterial, known.data.keyMaterial)
}

// A conversation that was removed from the store comes back with what is new in it.
async function put({ store, book }: FilingParts, batch: LocalBatch): Promise<void> {
  try {
    await store.put(batch)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    const topics = new Set(batch.messages?.map(({ topic }) => topic))
    const missing = [...topics].flatMap((topic) => book.get(topic) ?? [])
    const conversations = [...missing.map(localConversationOf), ...(batch.conversations ?? [])]
    await store.put({ ...batch, conversations })
  }
}

type Kinds = Readonly<Record<'beginnings' | 'decisions' | 'readMarks' | 'messages', Envelope[]>>

function sorted({ topics, book }: FilingParts, envelopes: readonly Envelope[]): Kinds {
  const kinds: Kinds = { beginnings: [], decisions: [], readMarks: [], messages: [] }
  for (const envelope of envelopes) {
    const { contentTopic } = envelope
    if (topics.beginnings.includes(contentTopic)) kinds.beginnings.push(envelope)
    else if (contentTopic === topics.decisions) kinds.decisions.push(envelope)
    else if (contentTopic === topics.readMarks) kinds.readMarks.push(envelope)
    else if (book.get(contentTopic) !== undefined) kinds.messages.push(envelope)
  }
  return kinds
}

async function conversationsIn(
  { reader, book }: FilingParts,
  envelopes: readonly Envelope[],
): Promise<KnownConversation[]> {
  const begun = new Map<string, KnownConversation>()
  for (const envelope of envelopes) {
    const invitationId = messageId(reader.crypto, envelope.message)
    if (book.hasInvitation(invitationId)) continue
    const entry = await tolerant(() => openEntry(reader, envelope))
    if (entry === undefined) continue
    const { topic } = entry.data
    const known = begun.get(topic) ?? book.get(topic)
    const each = { ...entry, invitationId }
    if (known === undefined || isBetterEntry(each, known)) begun.set(topic, each)
  }
  return [...begun.values()]
}

async function consentsIn(
  { reader }: FilingParts,
  { message, timestampNs: decidedNs }: Envelope,
): Promise<ConsentEntry[]> {
  const action = await tolerant(() => reader.keystore.openConsentAction(message))
  if (action === undefined) return []
  const { decision: state, subject } = action
  return action.values.map((value) => {
    const key = consentKey(reader.crypto, subject, value)
    return { subject, value: key.slice(subject.length + 1), state, decidedNs }
  })
}

// The store knows conversations only, and a mark may come before its conversation: it waits there by its topic.
function marksIn({ reader }: FilingParts, { message }: Envelope): Promise<readonly ReadMark[]> {
  return openReadMarks(reader.keystore, message)
}

async function messagesIn(
  { reader, store, book }: FilingParts,
  envelopes: readonly Envelope[],
): Promise<LocalMessage[]> {
  const ids = envelopes.map(({ message }) => messageId(reader.crypto, message))
  const found = ids.length === 0 ? [] : await store.messagesWithIds(ids)
  const known = new Map(found.map((each) => [each.id, each]))
  const read = envelopes.map(async (envelope, at): Promise<LocalMessage[]> => {
    const conversation = book.get(envelope.contentTopic)
    if (conversation === undefined || isDone(known.get(ids[at] ?? ''))) return []
    return [await localMessageOf(reader, conversation.data, envelope)]
  })
  return (await Promise.all(read)).flat()
}

// One that could not be opened may open now, and one that waits to be sent has arrived.
function isDone(known: LocalMessage | undefined): boolean {
  if (known === undefined || known.undecodable !== undefined) return false
  return (known.status ?? 'stored') === 'stored'
}

// What anybody may have filed is no reason to stop; a closed keystore is.
async function tolerant<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
    return undefined
  }
}
