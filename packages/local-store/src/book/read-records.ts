// Every record of a kind, for exports.

import { type Table, wholeTable } from '../cells/cell-keys.ts'
import { eachPage, recordOf } from '../cells/cell-reads.ts'
import { type LocalRecord, recordKinds } from '../local-record.ts'
import type { LocalConversation, OutboxEntry } from '../records.ts'
import { findMessage } from './find-message.ts'
import type { StoredMessage } from './message-facts.ts'
import { factsOf } from './put-conversation.ts'
import type { Reading } from './read-lists.ts'

/**
 * All records of a kind, or of all kinds in the order in which they can be put again.
 *
 * @throws StorageError `local-store/corrupt` at a damaged one
 */
export async function* readRecords(
  reading: Reading,
  kind?: LocalRecord['kind'],
): AsyncGenerator<LocalRecord, void> {
  for (const each of kind === undefined ? recordKinds : [kind]) {
    const table: Table = each
    for await (const page of eachPage(reading.vault, wholeTable(table))) {
      for (const cell of page) {
        const record = await recordOfKind(reading, each, recordOf(cell))
        if (record !== undefined) yield { kind: each, record } as LocalRecord
      }
    }
  }
}

async function recordOfKind(
  reading: Reading,
  kind: LocalRecord['kind'],
  stored: unknown,
): Promise<unknown> {
  if (kind === 'message') {
    const { message, outbox } = stored as StoredMessage
    const isUnsent = outbox !== undefined && (message.status ?? 'stored') !== 'stored'
    return isUnsent ? undefined : message
  }
  if (kind === 'conversation') return factsOf(stored as LocalConversation)
  if (kind !== 'outbox') return stored
  const { messageId, envelopes, state, code } = stored as OutboxEntry
  const message = await findMessage(reading, messageId)
  return message && { message, envelopes, state, code }
}
