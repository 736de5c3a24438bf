// Every record of a kind, for exports.

import { type Table, wholeTable } from '../cells/cell-keys.ts'
import { eachPage, recordOf } from '../cells/cell-reads.ts'
import { type LocalRecord, recordKinds } from '../local-record.ts'
import type { StoredMessage } from './message-facts.ts'
import type { Reading } from './read-lists.ts'

/**
 * All records of a kind, or of all kinds in the order in which they can be put again.
 *
 * @throws StorageError `local-store/corrupt` at a damaged one
 */
export async function* readRecords(
  { vault }: Reading,
  kind?: LocalRecord['kind'],
): AsyncGenerator<LocalRecord, void> {
  for (const each of kind === undefined ? recordKinds : [kind]) {
    const table: Table = each
    for await (const page of eachPage(vault, wholeTable(table))) {
      for (const cell of page) {
        const stored = recordOf(cell)
        const record = each === 'message' ? (stored as StoredMessage).message : stored
        yield { kind: each, record } as LocalRecord
      }
    }
  }
}
