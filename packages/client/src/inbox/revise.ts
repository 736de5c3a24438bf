// Applies edits and deletions. What a message becomes follows from the message and all revisions of it that its
// sender made, in whatever order they came: taken back once is taken back for good, otherwise the newest edit counts.

import { encodeEncodedContent, parseContentType, sameContentType } from '@posthorn/content'
import { maxTimestampNs } from '@posthorn/envelope'
import type { LocalMessage, LocalSetting, LocalStore } from '@posthorn/local-store'
import { type ContentReader, factsOfContent } from './content-facts.ts'
import { settingPrefixes } from './inbox-settings.ts'
import { encodeNotes, notesOf } from './message-notes.ts'
import { type Revision, revisionIn, revisionName } from './revision.ts'
import { readMessageIn } from './store-reads.ts'

/** What revising needs. */
export type ReviserParts = ContentReader & { readonly store: LocalStore }

// Only a message's own sender can make more, and harms nobody else by it.
const maxRevisions = 1_000

/** Messages and what has to be stored with them: they themselves, as they are after all revisions of them. */
export async function withRevisions(
  parts: ReviserParts,
  messages: readonly LocalMessage[],
): Promise<Revised> {
  const fresh: Fresh = {
    byId: new Map(messages.map((each) => [each.id, each])),
    byAbout: Map.groupBy(messages, ({ about }) => about),
  }
  const wishes = messages.filter((each) => notesOf(each).revises !== undefined)
  const topicsNow = new Set(wishes.map(({ topic }) => topic))
  // Most conversations have no revisions, and then nothing has to be looked up for each message.
  const topics = await revisedTopics(parts.store, topicsNow, messages)
  const candidates = messages.filter(({ topic }) => topics.has(topic)).map(({ id }) => id)
  const targets = new Set([...candidates, ...wishes.map((each) => notesOf(each).revises ?? '')])
  const revised: LocalMessage[] = []
  for (const id of targets) {
    const target = fresh.byId.get(id) ?? (await readMessageIn(parts.store, id))
    const after = target && (await revise(parts, target, fresh))
    if (after !== undefined) revised.push(after)
  }
  const settings = [...topicsNow].map((topic) => ({ key: revisedKey(topic), value: true }))
  return { messages: [...messages, ...revised], settings }
}

/** For one put. */
export type Revised = {
  readonly messages: readonly LocalMessage[]
  readonly settings: readonly LocalSetting[]
}

type Fresh = {
  readonly byId: ReadonlyMap<string, LocalMessage>
  readonly byAbout: ReadonlyMap<string | undefined, readonly LocalMessage[]>
}

async function revisedTopics(
  store: LocalStore,
  now: ReadonlySet<string>,
  messages: readonly LocalMessage[],
): Promise<ReadonlySet<string>> {
  const topics = new Set(now)
  for (const topic of new Set(messages.map((each) => each.topic))) {
    const isRevised = topics.has(topic) || (await store.setting(revisedKey(topic))) !== undefined
    if (isRevised) topics.add(topic)
  }
  return topics
}

function revisedKey(topic: string): string {
  return `${settingPrefixes.revised}${topic}`
}

async function revise(
  parts: ReviserParts,
  target: LocalMessage,
  fresh: Fresh,
): Promise<LocalMessage | undefined> {
  const { id, senderAddress, topic, content } = target
  const notes = notesOf(target)
  if (senderAddress === undefined || content === undefined) return undefined
  if (notes.revises !== undefined || notes.isDeleted) return undefined
  const about = revisionName(id, senderAddress)
  const stored = await parts.store.messagesAbout({ about, limit: maxRevisions })
  const wishes = [...stored.items, ...(fresh.byAbout.get(about) ?? [])]
  const dated = wishes
    .filter((each) => each.topic === topic && notesOf(each).isFromStranger === notes.isFromStranger)
    .flatMap((each) => datedRevision(each, senderAddress))
  if (dated.some(({ revision }) => revision.content === undefined)) return takenBack(target)
  return edited(parts, target, dated)
}

type DatedRevision = { readonly revision: Revision; readonly id: string; readonly sentNs: bigint }

function datedRevision(message: LocalMessage, senderAddress: string): DatedRevision[] {
  const { id, sentNs, content } = message
  const revision = content && revisionIn(content, senderAddress)
  return revision === undefined ? [] : [{ revision, id, sentNs }]
}

// Nothing that an edit before it may have left, which other devices may have got after it.
function takenBack(target: LocalMessage): LocalMessage {
  const { content, text, about, undecodable, ...rest } = target
  const { edited, ...notes } = notesOf(target)
  const extra = encodeNotes({ ...notes, isDeleted: true })
  return { ...rest, isQuiet: true, extra, revisedNs: maxTimestampNs }
}

async function edited(
  parts: ReviserParts,
  target: LocalMessage,
  all: readonly DatedRevision[],
): Promise<LocalMessage | undefined> {
  const fitting = all.filter(({ revision }) => isOfSameType(target, revision))
  const newest = fitting.reduce<DatedRevision | undefined>(
    (a, b) => (a === undefined || isLater(b, a) ? b : a),
    undefined,
  )
  if (newest?.revision.content === undefined) return undefined
  // Each edit of one moment lifts the number, so that the store takes up whichever of them counts.
  const ids = new Set(fitting.filter((each) => each.sentNs === newest.sentNs).map(({ id }) => id))
  const revisedNs = newest.sentNs + BigInt(ids.size - 1)
  if (revisedNs >= maxTimestampNs) return undefined
  const facts = await factsOfContent(parts, encodeEncodedContent(newest.revision.content))
  const notes = { ...notesOf(target), edited: String(newest.sentNs) }
  const { isFromStranger = false } = notes
  const isQuiet = isFromStranger || facts.isQuiet
  return { ...target, ...facts, isQuiet, extra: encodeNotes(notes), revisedNs }
}

function isLater(a: DatedRevision, b: DatedRevision): boolean {
  return a.sentNs === b.sentNs ? a.id > b.id : a.sentNs > b.sentNs
}

function isOfSameType({ contentType }: LocalMessage, { content }: Revision): boolean {
  if (contentType === undefined || content === undefined) return false
  try {
    return sameContentType(parseContentType(contentType), content.type)
  } catch {
    return false
  }
}
