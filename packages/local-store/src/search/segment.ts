// The search index: the words of some hundred messages each ("segments"), sealed whole. Nothing about words lies open,
// not even how often one occurs, and adding a message writes one cell.

import type { Writing } from '../book/writing.ts'
import { numberKey, numberOf, tables, wholeTable } from '../cells/cell-keys.ts'
import type { Transaction } from '../cells/transaction.ts'
import { joinWords, wordsOf } from './words.ts'

/** The words of some messages. */
export type Segment = {
  /** Keys of messages; empty where one was removed. */
  readonly messages: readonly string[]
  /** The words of each of them. */
  readonly words: readonly string[]
}

/** Where the number of the segment lies that messages are added to. */
export const openSegmentKey: string = `${tables.meta}/segment`

const maxMessages = 128
// A segment is written anew with every message, so one of long texts is closed early.
const maxCharacters = 32_768
const emptySegment: Segment = { messages: [], words: [] }

/** Adds a message to the index; the number of its segment, or undefined when the text has no words. */
export async function addWords(
  { transaction }: Writing,
  messageKey: string,
  text: string,
): Promise<number | undefined> {
  const words = joinWords(wordsOf(text))
  if (words === '') return undefined
  const { number, segment } = await openSegment(transaction)
  transaction.put(segmentKey(number), {
    messages: [...segment.messages, messageKey],
    words: [...segment.words, words],
  } satisfies Segment)
  return number
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
  transaction.put(segmentKey(number), {
    messages: segment.messages.with(place, ''),
    words: segment.words.with(place, ''),
  } satisfies Segment)
}

type OpenSegment = { readonly number: number; readonly segment: Segment }

// A damaged segment is left where it is, so that search goes on saying that something is missing.
async function openSegment(transaction: Transaction): Promise<OpenSegment> {
  const open = await transaction.get<number>(openSegmentKey)
  const segment = open === undefined ? undefined : await transaction.get<Segment>(segmentKey(open))
  if (open !== undefined && segment !== undefined && !isFull(segment)) {
    return { number: open, segment }
  }
  const number = open === undefined ? await numberBeyondAll(transaction) : open + 1
  transaction.put(openSegmentKey, number)
  return { number, segment: emptySegment }
}

function isFull({ words }: Segment): boolean {
  if (words.length >= maxMessages) return true
  return words.reduce((sum, each) => sum + each.length, 0) >= maxCharacters
}

async function numberBeyondAll(transaction: Transaction): Promise<number> {
  const range = { ...wholeTable('segment'), direction: 'descending' as const }
  for await (const { key } of transaction.scan(range)) return numberOf(key) + 1
  return 0
}

function segmentKey(number: number): string {
  return numberKey('segment', number)
}
