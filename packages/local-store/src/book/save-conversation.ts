// A conversation's record and everything that follows it: its places in lists, its peer's, the totals.

import { tables } from '../cells/cell-keys.ts'
import type { LocalTotals } from '../local-store.ts'
import type { LocalConsentState, LocalConversation } from '../records.ts'
import type { Writing } from './writing.ts'

/** Counts by consent. */
export type Totals = Readonly<Record<LocalConsentState, LocalTotals>>

/** Where the totals lie. */
export const totalsKey: string = `${tables.meta}/totals`

const nothing: LocalTotals = { conversations: 0, unread: 0 }

/** No conversations. */
export const noTotals: Totals = { allowed: nothing, denied: nothing, unknown: nothing }

/** The record of a conversation, as this change has it. */
export function getConversation(
  { transaction, keys }: Writing,
  topic: string,
): Promise<LocalConversation | undefined> {
  return transaction.get<LocalConversation>(keys.named('conversation', topic))
}

/** Puts `after` in the place of `before`; undefined where there was, or will be, none. */
export async function saveConversation(
  writing: Writing,
  before: LocalConversation | undefined,
  after: LocalConversation | undefined,
): Promise<void> {
  const { transaction, keys } = writing
  if (before !== undefined) {
    transaction.delete(keys.list(before))
    transaction.delete(keys.peerConversation(before.peerAddress, before.topic))
    transaction.delete(keys.named('conversation', before.topic))
    writing.tell({ kind: 'conversation', topic: before.topic })
  }
  if (after !== undefined) {
    // What the keys lead to is read back, so a leading cell must have some value.
    transaction.put(keys.list(after), '')
    transaction.put(keys.peerConversation(after.peerAddress, after.topic), '')
    transaction.put(keys.named('conversation', after.topic), after)
    writing.tell({ kind: 'conversation', topic: after.topic })
  }
  await count(writing, before, -1)
  await count(writing, after, 1)
}

async function count(
  { transaction }: Writing,
  conversation: LocalConversation | undefined,
  sign: 1 | -1,
): Promise<void> {
  if (conversation === undefined) return
  const totals = (await transaction.get<Totals>(totalsKey)) ?? noTotals
  const { conversations, unread } = totals[conversation.consent]
  transaction.put(totalsKey, {
    ...totals,
    [conversation.consent]: {
      conversations: conversations + sign,
      unread: unread + sign * conversation.unreadCount,
    },
  })
}
