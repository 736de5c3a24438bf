// The search index: small inverted indexes ("segments") of some hundred messages each, sealed whole. Nothing about
// words lies open, not even how often one occurs, and adding a message writes one cell.

import type { Writing } from '../book/writing.ts'
import { numberKey, numberOf, tables, wholeTable } from '../cells/cell-keys.ts'
import type { Transaction } from '../cells/transaction.ts'
import { wordsOf } from './words.ts'

/** An inverted index of some messages. */
export type Segment = {
  /** Keys of messages; empty where one was removed. */
  readonly messages: readonly string[]
  /** Word to places in `messages`. */
  readonly words: Readonly<Record<string, readonly number[]>>
}

/** The key of a segment. */
export function segmentKey(number: number): string {
  return numberKey('segment', number)
}

const maxMessages = 128
const emptySegment: Segment = { messages: [], words: {} }

/** Adds a message to the index; the number of its segment, or undefined when the text has no words. */
export async function addWords(
  { transaction }: Writing,
  messageKey: string,
  text: string,
): Promise<number | undefined> {
  const words = wordsOf(text)
  if (words.length === 0) return undefined
  const { number, segment } = await openSegment(transaction)
  const place = segment.messages.length
  const added: Record<string, readonly number[]> = { ...segment.words }
  for (const word of words) added[word] = [...(wordPlaces(segment, word) ?? []), place]
  transaction.put(segmentKey(number), {
    messages: [...segment.messages, messageKey],
    words: added,
  })
  return number
}

/** Where the number of the segment lies that messages are added to. */
export const openSegmentKey: string = `${tables.meta}/segment`

type OpenSegment = { readonly number: number; readonly segment: Segment }

// A damaged segment is left where it is, so that search goes on saying that something is missing.
async function openSegment(transaction: Transaction): Promise<OpenSegment> {
  const open = await transaction.get<number>(openSegmentKey)
  const segment = open === undefined ? undefined : await transaction.get<Segment>(segmentKey(open))
  if (open !== undefined && segment !== undefined && segment.messages.length < maxMessages) {
    return { number: open, segment }
  }
  const number = open === undefined ? await numberBeyondAll(transaction) : open + 1
  transaction.put(openSegmentKey, number)
  return { number, segment: emptySegment }
}

async function numberBeyondAll(transaction: Transaction): Promise<number> {
  const range = { ...wholeTable('segment'), direction: 'descending' as const }
  for await (const { key } of transaction.scan(range)) return numberOf(key) + 1
  return 0
}

/** Takes a message out of its segment. */
export async function removeWords(
  { transaction }: Writing,
  number: number,
  messageKey: string,
): Promise<void> {
  const segment = await transaction.get<Segment>(segmentKey(number))
  const place = segment?.messages.indexOf(messageKey) ?? -1
  if (segment === undefined || place < 0) return
  const kept = Object.entries(segment.words)
    .map(([word, places]) => [word, places.filter((each) => each !== place)] as const)
    .filter(([, places]) => places.length > 0)
  transaction.put(segmentKey(number), {
    messages: segment.messages.map((key, at) => (at === place ? '' : key)),
    words: Object.fromEntries(kept),
  })
}

// Words such as "constructor" must not find what every object inherits.
function wordPlaces(segment: Segment, word: string): readonly number[] | undefined {
  return Object.hasOwn(segment.words, word) ? segment.words[word] : undefined
}
