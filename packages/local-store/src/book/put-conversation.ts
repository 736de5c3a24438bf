// Conversations, and the decisions and read marks that bear on them.

import { tables, under } from '../cells/cell-keys.ts'
import type {
  ConsentEntry,
  LocalConsentState,
  LocalConversation,
  NewConversation,
  ReadMark,
} from '../records.ts'
import { countUnread, findLast, orderNsOf } from './message-facts.ts'
import { readNsOf } from './put-message.ts'
import { getConversation, saveConversation } from './save-conversation.ts'
import { consentName, consentTable, putSimple, readMarkTable } from './simple-tables.ts'
import type { Writing } from './writing.ts'

/** The cells that a put of a conversation looks at. */
export function keysOfConversation({ keys }: Writing, each: NewConversation): string[] {
  return [
    keys.named('conversation', each.topic),
    keys.named('readMark', each.topic),
    keys.named('consent', consentName('address', each.peerAddress)),
  ]
}

/** Stores a conversation, or what is new about a known one. */
export async function putConversation(writing: Writing, put: NewConversation): Promise<void> {
  const known = await getConversation(writing, put.topic)
  const consent = await consentOf(writing, put.peerAddress)
  // Messages of a conversation that is not there are those of one whose record was damaged.
  const { unreadCount, last } = known ?? (await derive(writing, put.topic))
  const facts = factsOf(put)
  const orderNs = orderNsOf({ ...facts, last })
  const after: LocalConversation = { ...facts, consent, unreadCount, last, orderNs }
  if (known === undefined || !isSame(factsOf(known), facts)) {
    await saveConversation(writing, known, after)
  }
}

/** What `put` stores of a conversation. */
export function factsOf(conversation: NewConversation): NewConversation {
  const { topic, peerAddress, createdNs, version, keyMaterial } = conversation
  const { conversationId, metadata, extra } = conversation
  return {
    topic,
    peerAddress,
    createdNs,
    version,
    keyMaterial,
    conversationId,
    metadata,
    extra,
  }
}

/** What follows from the messages of a conversation, looked up anew. */
export async function derive(
  writing: Writing,
  topic: string,
): Promise<Pick<LocalConversation, 'unreadCount' | 'last'>> {
  const last = await findLast(writing, topic)
  // Only quiet messages, if any: those are never unread.
  if (last === undefined) return { unreadCount: 0, last }
  const unreadCount = await countUnread(writing, topic, await readNsOf(writing, topic))
  return { unreadCount, last }
}

/** Moves a read mark forward. */
export async function putReadMark(writing: Writing, mark: ReadMark): Promise<void> {
  if (!(await putSimple(writing, readMarkTable, mark))) return
  const conversation = await getConversation(writing, mark.topic)
  if (conversation === undefined) return
  const unreadCount = await countUnread(writing, mark.topic, mark.readNs)
  await saveConversation(writing, conversation, { ...conversation, unreadCount })
}

/** Takes up a decision; the conversations with an address move to the list of its state. */
export async function putConsent(writing: Writing, entry: ConsentEntry): Promise<void> {
  if (!(await putSimple(writing, consentTable, entry)) || entry.subject !== 'address') return
  for (const conversation of await conversationsOf(writing, entry.value)) {
    await saveConversation(writing, conversation, { ...conversation, consent: entry.state })
  }
}

async function conversationsOf(
  { transaction, keys }: Writing,
  peerAddress: string,
): Promise<LocalConversation[]> {
  const found: LocalConversation[] = []
  for await (const { key } of transaction.scan(under(keys.peer(peerAddress)))) {
    const at = `${tables.conversation}/${key.slice(key.lastIndexOf('/') + 1)}`
    const conversation = await transaction.get<LocalConversation>(at)
    if (conversation !== undefined) found.push(conversation)
  }
  return found
}

/** What was decided about a peer. */
export async function consentOf(
  { transaction, keys }: Writing,
  peerAddress: string,
): Promise<LocalConsentState> {
  const key = keys.named('consent', consentName('address', peerAddress))
  return (await transaction.get<ConsentEntry>(key))?.state ?? 'unknown'
}

function isSame(a: NewConversation, b: NewConversation): boolean {
  const text = (each: NewConversation): string =>
    JSON.stringify(each, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return text(a) === text(b)
}
