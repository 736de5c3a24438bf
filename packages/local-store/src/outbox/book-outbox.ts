// The outbox in the store.

import { findStored, putMessage, removeMessage, setStatus } from '../book/put-message.ts'
import type { Writing } from '../book/writing.ts'
import { numberKey, numberOf, tables, wholeTable } from '../cells/cell-keys.ts'
import { type CellReads, eachPage, recordOf } from '../cells/cell-reads.ts'
import type { OutboxEntry } from '../records.ts'
import type { NewOutboxEntry, Outbox } from './outbox.ts'

/** Runs a change. */
export type Change = <T>(work: (writing: Writing) => Promise<T>) => Promise<T>

/** Creates the outbox of a store. */
export function createOutbox(change: Change, reads: CellReads): Outbox {
  return {
    enqueue: (entry) => change((writing) => enqueue(writing, entry)),
    entries: async () => {
      const entries: OutboxEntry[] = []
      for await (const page of eachPage(reads, wholeTable('outbox'))) {
        for (const cell of page) {
          if (cell.kind === 'record') entries.push(cell.record as OutboxEntry)
        }
      }
      return entries
    },
    entry: async (number) => {
      const [cell] = await reads.get([numberKey('outbox', number)])
      return recordOf(cell) as OutboxEntry | undefined
    },
    markSent: (number) => change((writing) => settle(writing, number)),
    markFailed: (number, code) =>
      change((writing) => setState(writing, number, { state: 'failed', code })),
    retry: (number) =>
      change((writing) => setState(writing, number, { state: 'waiting', code: undefined })),
    discard: (number) => change((writing) => discard(writing, number)),
  }
}

const nextKey = `${tables.meta}/outbox`

async function enqueue(
  writing: Writing,
  { message, envelopes }: NewOutboxEntry,
): Promise<OutboxEntry | undefined> {
  const { transaction } = writing
  const known = await findStored(writing, message.id)
  if (known !== undefined) {
    const { outbox } = known
    return outbox === undefined ? undefined : getEntry(writing, outbox)
  }
  const number = await nextNumber(writing)
  const { topic, id: messageId } = message
  const entry = { number, topic, messageId, envelopes, state: 'waiting', code: undefined } as const
  await putMessage(writing, { ...message, status: 'sending' }, number)
  transaction.put(nextKey, number + 1)
  transaction.put(numberKey('outbox', number), entry)
  writing.tell({ kind: 'outbox', number, state: 'waiting' })
  return entry
}

// The counter may have been lost to damage; a number is never given twice while its entry is there.
async function nextNumber({ transaction }: Writing): Promise<number> {
  const next = (await transaction.get<number>(nextKey)) ?? 0
  const range = { ...wholeTable('outbox'), direction: 'descending' as const }
  for await (const { key } of transaction.scan(range)) return Math.max(next, numberOf(key) + 1)
  return next
}

async function settle(writing: Writing, number: number): Promise<void> {
  const entry = await getEntry(writing, number)
  if (entry === undefined) return
  writing.transaction.delete(numberKey('outbox', number))
  writing.tell({ kind: 'outbox', number, state: 'gone' })
  await setStatus(writing, entry.messageId, 'stored')
}

async function setState(
  writing: Writing,
  number: number,
  state: Pick<OutboxEntry, 'state' | 'code'>,
): Promise<void> {
  const entry = await getEntry(writing, number)
  if (entry === undefined) return
  // It came back from the network meanwhile: a node has it, whatever another one answered.
  if (await isStored(writing, entry.messageId)) return settle(writing, number)
  writing.transaction.put(numberKey('outbox', number), { ...entry, ...state })
  writing.tell({ kind: 'outbox', number, state: state.state })
  await setStatus(writing, entry.messageId, state.state === 'failed' ? 'failed' : 'sending')
}

async function isStored(writing: Writing, id: string): Promise<boolean> {
  const known = await findStored(writing, id)
  return known !== undefined && (known.message.status ?? 'stored') === 'stored'
}

async function discard(writing: Writing, number: number): Promise<void> {
  const entry = await getEntry(writing, number)
  if (entry === undefined) return
  writing.transaction.delete(numberKey('outbox', number))
  writing.tell({ kind: 'outbox', number, state: 'gone' })
  const stored = await findStored(writing, entry.messageId)
  if (stored !== undefined) await removeMessage(writing, stored)
}

function getEntry({ transaction }: Writing, number: number): Promise<OutboxEntry | undefined> {
  return transaction.get<OutboxEntry>(numberKey('outbox', number))
}
