// Looking for messages by the words in them.

import { messagePage, type Reading } from '../book/read-lists.ts'
import { wholeTable } from '../cells/cell-keys.ts'
import { eachPage, type OpenedCell } from '../cells/cell-reads.ts'
import { checkLimit } from '../errors.ts'
import type { LocalPage, SearchQuery } from '../local-store.ts'
import type { LocalMessage } from '../records.ts'
import type { Segment } from './segment.ts'
import { patternOf, wordsOf } from './words.ts'

/** A page of the messages that answer, newest first. */
export async function searchMessages(
  reading: Reading,
  { text, topic, after, limit }: SearchQuery,
): Promise<LocalPage<LocalMessage>> {
  checkLimit(limit)
  const { vault, keys } = reading
  const patterns = wordsOf(text).map(patternOf)
  if (patterns.length === 0) return { items: [], next: undefined, damagedCount: 0 }
  const prefix = topic === undefined ? '' : keys.messagesOf(topic)
  const found: string[] = []
  let damagedSegments = 0
  for await (const page of eachPage(vault, wholeTable('segment'))) {
    for (const cell of page) {
      if (cell.kind === 'damaged') damagedSegments++
      else found.push(...messagesWith(cell.record as Segment, patterns))
    }
  }
  const isShown = (key: string): boolean =>
    key.startsWith(prefix) && (after === undefined || timeOf(key) < timeOf(after))
  const keysOfPage = found
    .filter(isShown)
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .slice(0, limit + 1)
  const cells = await vault.get(keysOfPage)
  // What was removed since the index was read is not there; it is no damage.
  const present = cells.filter((cell): cell is OpenedCell => cell !== undefined)
  const page = messagePage(present, limit)
  return { ...page, damagedCount: page.damagedCount + damagedSegments }
}

// Time, then the message: what follows the topic in a key.
function timeOf(messageKey: string): string {
  return messageKey.slice(messageKey.indexOf('/', 2) + 1)
}

function messagesWith({ messages, words }: Segment, patterns: readonly string[]): string[] {
  return messages.filter((_, at) => patterns.every((each) => words[at]?.includes(each)))
}
