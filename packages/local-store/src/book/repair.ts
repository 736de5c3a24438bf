// Taking out what is damaged, and deriving anew what is derived. Each step is a change of its own; a repair that is
// interrupted is run again.

import { isSealed, type Table, tables, wholeTable } from '../cells/cell-keys.ts'
import { eachPage } from '../cells/cell-reads.ts'
import type { Vault } from '../cells/vault.ts'
import type { RepairReport } from '../local-store.ts'
import type { LocalConversation } from '../records.ts'
import { addWords, openSegmentKey } from '../search/segment.ts'
import { orderNsOf, type StoredMessage } from './message-facts.ts'
import { consentOf, derive } from './put-conversation.ts'
import { putIndex } from './put-message.ts'
import { saveConversation, totalsKey } from './save-conversation.ts'
import type { Writing } from './writing.ts'

/** Runs a change. */
type Change = <T>(work: (writing: Writing) => Promise<T>) => Promise<T>

const messagesPerChange = 256

/** Repairs a store. */
export async function repair(vault: Vault, change: Change): Promise<RepairReport> {
  let removedCount = 0
  for (const table of Object.keys(tables) as Table[]) removedCount += await sweep(vault, table)
  await change(async (writing) => {
    for (const table of ['list', 'peer', 'index', 'about', 'segment'] as const) {
      for await (const { key } of writing.transaction.scan(wholeTable(table))) {
        writing.transaction.delete(key)
      }
    }
    writing.transaction.delete(openSegmentKey)
    writing.transaction.delete(totalsKey)
  })
  await change(relistAll)
  let after: string | undefined = wholeTable('message').from
  while (after !== undefined) {
    const from: string = after
    after = await change((writing) => reindex(writing, from))
  }
  await change(async (writing) => writing.tell({ kind: 'everything' }))
  return { removedCount }
}

async function sweep(vault: Vault, table: Table): Promise<number> {
  const damaged: string[] = []
  for await (const page of eachPage(vault, wholeTable(table))) {
    damaged.push(...page.flatMap((cell) => (cell.kind === 'damaged' ? [cell.key] : [])))
  }
  if (damaged.length === 0) return 0
  await vault.change(async (transaction) => {
    for (const key of damaged) transaction.delete(key)
  })
  return isSealed(tables[table]) ? damaged.length : 0
}

async function relistAll(writing: Writing): Promise<void> {
  const range = wholeTable('conversation')
  for await (const { record } of writing.transaction.scan<LocalConversation>(range)) {
    const consent = await consentOf(writing, record.peerAddress)
    const derived = await derive(writing, record.topic)
    const after = { ...record, ...derived, consent }
    await saveConversation(writing, undefined, { ...after, orderNs: orderNsOf(after) })
  }
}

async function reindex(writing: Writing, from: string): Promise<string | undefined> {
  const { transaction, keys } = writing
  const range = { ...wholeTable('message'), from }
  let count = 0
  for await (const { key, record } of transaction.scan<StoredMessage>(range)) {
    if (count++ >= messagesPerChange) return key
    const { text } = record.message
    const segment = text === undefined ? undefined : await addWords(writing, key, text)
    transaction.put(keys.message(record.message), { ...record, segment })
    putIndex(writing, record.message)
  }
  return undefined
}
