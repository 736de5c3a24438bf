// What the tests of the inbox share: inboxes on stores that outlive them, and waiting for what they do.

import { toHex } from '@posthorn/bytes'
import { type LocalStore, openMemoryStore } from '@posthorn/local-store'
import type { Client } from '../client.ts'
import { systemClock } from '../system-clock.ts'
import { crypto } from '../test-world.ts'
import type { Inbox, InboxMessage, InboxState } from './inbox.ts'
import { openInbox } from './open-inbox.ts'

/** An empty store in memory. */
export function memoryStore(): Promise<LocalStore> {
  return openMemoryStore({ crypto, key: new Uint8Array(32).fill(9) })
}

/** An inbox on a store, in memory unless given. */
export async function inboxOf(client: Client, store?: LocalStore): Promise<Inbox> {
  return openInbox({ client, store: store ?? (await memoryStore()) })
}

/** The state of an inbox once it is of a kind, or what it is after 15 seconds. */
export async function until(inbox: Inbox, kind: InboxState['kind']): Promise<InboxState> {
  await settled(async () => inbox.state.kind === kind)
  return inbox.state
}

/** All messages of a topic, oldest first. */
export async function messagesOf(inbox: Inbox, topic: string): Promise<readonly InboxMessage[]> {
  const page = await inbox.messages({ topic, direction: 'ascending', limit: 10_000 })
  return page.items
}

/** Contents of all messages of a topic, oldest first. */
export async function contentsOf(inbox: Inbox, topic: string): Promise<unknown[]> {
  return (await messagesOf(inbox, topic)).map(({ content }) => content)
}

/** The same once there are so many, or after 15 seconds. */
export async function untilContents(
  inbox: Inbox,
  topic: string,
  count: number,
): Promise<unknown[]> {
  await settled(async () => (await contentsOf(inbox, topic)).length >= count)
  return contentsOf(inbox, topic)
}

/** Waits until something holds, at most 15 seconds. */
export async function settled(holds: () => Promise<boolean>): Promise<void> {
  const endMs = systemClock.nowMs() + 15_000
  while (!(await holds()) && systemClock.nowMs() < endMs) await systemClock.sleep(5)
}

/** Everything that two stores of one account must agree on, as text. */
export async function contentOfStore(store: LocalStore): Promise<string[]> {
  const lines: string[] = []
  for (const kind of ['conversation', 'message', 'consent', 'readMark'] as const) {
    for await (const { record } of store.records(kind)) {
      // A message says `stored`, or nothing, which is the same.
      const { status, ...rest } = { status: undefined, ...record }
      lines.push(JSON.stringify({ kind, ...rest, status: status ?? 'stored' }, textOf))
      if (kind !== 'conversation' || !('topic' in record)) continue
      const { unreadCount, consent, last } = (await store.conversation(record.topic)) ?? {}
      lines.push(JSON.stringify({ topic: record.topic, unreadCount, consent, last }, textOf))
    }
  }
  return lines.toSorted()
}

function textOf(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? toHex(value) : value
}
