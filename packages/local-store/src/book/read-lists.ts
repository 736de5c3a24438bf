// Pages of conversations and messages. A cursor is where the last item lies, so it holds for damaged ones as well.

import type { CellRange } from '../cells/cell-engine.ts'
import { type CellKeys, conversationKeyOf, listOf, under } from '../cells/cell-keys.ts'
import { beyond, type OpenedCell } from '../cells/cell-reads.ts'
import type { Vault } from '../cells/vault.ts'
import { badCursor, checkLimit } from '../errors.ts'
import type { AboutQuery, ConversationQuery, LocalPage, MessageQuery } from '../local-store.ts'
import type { LocalConsentState, LocalConversation, LocalMessage } from '../records.ts'
import type { StoredMessage } from './message-facts.ts'

/** What reading needs. */
export type Reading = { readonly vault: Vault; readonly keys: CellKeys }

/** A stretch of cells in one direction. */
type Stretch = Omit<CellRange, 'limit'>

const allStates: readonly LocalConsentState[] = ['allowed', 'denied', 'unknown']

/** A page of conversations. */
export async function readConversations(
  reading: Reading,
  query: ConversationQuery,
): Promise<LocalPage<LocalConversation>> {
  checkLimit(query.limit)
  return reading.vault.read(() => conversationPage(reading, query))
}

async function conversationPage(
  { vault, keys }: Reading,
  { consent = allStates, after, limit }: ConversationQuery,
): Promise<LocalPage<LocalConversation>> {
  const lists = [...new Set(consent)].map((state) => {
    const stretch: Stretch = { ...under(listOf(state)), direction: 'descending' }
    const rest = after === undefined ? stretch : beyond(stretch, `${listOf(state)}${after}`)
    return vault.scan({ ...rest, limit: limit + 1 })
  })
  const places = (await Promise.all(lists)).flat().map(({ key }) => key)
  // Newest first, whichever list they are in.
  const merged = places.sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
  const shown = merged.slice(0, limit)
  const cells = await vault.get(shown.map(conversationKeyOf))
  const items = cells.flatMap((cell, at) => {
    const conversation = conversationIn(cell)
    const isHere = conversation !== undefined && keys.list(conversation) === shown[at]
    return isHere ? [conversation] : []
  })
  const last = shown.at(-1)
  const next = merged.length > limit && last !== undefined ? placeOf(last) : undefined
  return { items, next, damagedCount: shown.length - items.length }
}

// All that a key of a list has besides the list: time and topic.
function placeOf(listKey: string): string {
  return listKey.slice(listOf('unknown').length)
}

/** The conversation in a cell; undefined where there is none or it is damaged. */
export function conversationIn(cell: OpenedCell | undefined): LocalConversation | undefined {
  return cell?.kind === 'record' ? (cell.record as LocalConversation) : undefined
}

/** A page of the messages of one conversation. */
export async function readMessages(
  { vault, keys }: Reading,
  query: MessageQuery,
): Promise<LocalPage<LocalMessage>> {
  const { limit } = query
  checkLimit(limit)
  const cells = await vault.scan({ ...stretchOf(keys, query), limit: limit + 1 })
  return messagePage(cells, limit)
}

/** A page of the messages about something. */
export async function readMessagesAbout(
  { vault, keys }: Reading,
  { about, after, limit }: AboutQuery,
): Promise<LocalPage<LocalMessage>> {
  checkLimit(limit)
  const whole: Stretch = { ...under(keys.allAbout(about)), direction: 'ascending' }
  if (after !== undefined && !after.startsWith(whole.from)) throw badCursor()
  const stretch = after === undefined ? whole : beyond(whole, after)
  return vault.read(async () => {
    const places = await vault.scan({ ...stretch, limit: limit + 1 })
    const shown = places.slice(0, limit)
    const leads = shown.flatMap((cell) => (cell.kind === 'record' ? [String(cell.record)] : []))
    const cells = await vault.get(leads)
    const items = cells.flatMap((cell) => {
      const stored = cell?.kind === 'record' ? (cell.record as StoredMessage) : undefined
      return stored?.message.about === about ? [stored.message] : []
    })
    const next = places.length > limit ? shown.at(-1)?.key : undefined
    return { items, next, damagedCount: shown.length - items.length }
  })
}

/** A page of the first cells, and where to go on when there are more. */
export function messagePage(cells: readonly OpenedCell[], limit: number): LocalPage<LocalMessage> {
  const shown = cells.slice(0, limit)
  const items = shown.flatMap((cell) =>
    cell.kind === 'record' ? [(cell.record as StoredMessage).message] : [],
  )
  const next = cells.length > limit ? shown.at(-1)?.key : undefined
  return { items, next, damagedCount: shown.length - items.length }
}

function stretchOf(keys: CellKeys, query: MessageQuery): Stretch {
  const { topic, direction, after, startNs, endNs } = query
  const { from, before } = under(keys.messagesOf(topic))
  const isFromStart = startNs === undefined || startNs <= 0n
  const isToEnd = endNs === undefined || endNs >= 2n ** 64n - 1n
  const stretch: Stretch = {
    direction,
    from: isFromStart ? from : keys.messagesAt(topic, startNs),
    before: isToEnd ? before : keys.messagesAt(topic, endNs < 0n ? 0n : endNs + 1n),
  }
  if (after === undefined) return stretch
  if (!after.startsWith(from)) throw badCursor()
  const rest = beyond(stretch, after)
  // A cursor from outside the times that are asked for does not widen them.
  return {
    direction,
    from: rest.from > stretch.from ? rest.from : stretch.from,
    before: rest.before < stretch.before ? rest.before : stretch.before,
  }
}
