// What this tab and others write into the store, for the one that works on the network.

import type { LocalChange, LocalStore } from '@posthorn/local-store'
import type { StoreBook } from './book-of-store.ts'
import { settingPrefixes } from './inbox-settings.ts'
import { wasMended } from './mend-store.ts'
import type { Network } from './network.ts'
import type { Uploader } from './uploader.ts'

/** What watching needs. */
export type WatchParts = {
  readonly store: LocalStore
  readonly book: StoreBook
  readonly network: Pick<Network, 'addConversations'>
  readonly uploader: Pick<Uploader, 'poke'>
  readonly onMended: () => void
}

const uploadPrefixes = [settingPrefixes.decision, settingPrefixes.read, settingPrefixes.written]

/** Follows new conversations, and uploads what waits; ends with the signal or the store. */
export async function watchStore(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { store, uploader } = parts
  for await (const changes of store.changes({ signal })) {
    for (const change of changes) {
      if (change.kind === 'everything') await refreshAll(parts)
      if (change.kind === 'conversation') await refresh(parts, change.topic)
    }
    if (changes.some(isOfUploads)) uploader.poke()
    if (await wasMended(store, changes)) parts.onMended()
  }
}

async function refresh({ book, network }: WatchParts, topic: string): Promise<void> {
  if (book.get(topic) !== undefined) return
  if (await book.refresh(topic)) network.addConversations([topic])
}

async function refreshAll(parts: WatchParts): Promise<void> {
  for await (const { record } of parts.store.records('conversation')) {
    if ('topic' in record) await refresh(parts, record.topic)
  }
}

function isOfUploads(change: LocalChange): boolean {
  if (change.kind === 'everything') return true
  return change.kind === 'setting' && uploadPrefixes.some((each) => change.key.startsWith(each))
}
