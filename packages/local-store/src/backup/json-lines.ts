// A whole store as text, one record a line, for any store of any engine. Not encrypted: it holds what people wrote
// and the keys of conversations.

import { CodecError } from '@posthorn/errors'
import { type LocalRecord, recordKinds, type UnsentMessage } from '../local-record.ts'
import type { LocalBatch, LocalStore } from '../local-store.ts'
import { recordFromLine, recordToLine } from './record-line.ts'

const header = JSON.stringify({ format: 'posthorn-local-store', version: 1 })
const recordsPerBatch = 200

/**
 * The lines of a store, without line ends; the last one says how many records came before it. What changes meanwhile
 * may be in it or not.
 *
 * @throws StorageError `local-store/corrupt` at a damaged record
 */
export async function* exportLines(store: LocalStore): AsyncGenerator<string, void> {
  yield header
  let records = 0
  for (const kind of recordKinds) {
    for await (const record of store.records(kind)) {
      records++
      yield recordToLine(record)
    }
  }
  yield JSON.stringify({ records })
}

/**
 * Puts exported lines into a store, beside what is there; importing again changes nothing.
 *
 * @returns how many records were read
 * @throws CodecError `local-store/bad-export`: lines up to there may have been stored
 */
export async function importLines(
  store: LocalStore,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<number> {
  const waiting: LocalRecord[] = []
  let [lineNumber, records, isEnded] = [0, 0, false]
  for await (const line of lines) {
    if (line === '') continue
    lineNumber++
    if (isEnded || (lineNumber === 1 && line !== header)) throw badExport(lineNumber)
    if (lineNumber === 1) continue
    isEnded = line === JSON.stringify({ records })
    if (isEnded) continue
    const record = recordFromLine(line)
    if (record === undefined) throw badExport(lineNumber)
    records++
    waiting.push(record)
    if (waiting.length >= recordsPerBatch) await putRecords(store, waiting.splice(0))
  }
  if (!isEnded) throw badExport(lineNumber + 1)
  await putRecords(store, waiting)
  return records
}

async function putRecords(store: LocalStore, records: readonly LocalRecord[]): Promise<void> {
  const of = <K extends LocalRecord['kind']>(kind: K): (LocalRecord & { kind: K })['record'][] =>
    records.flatMap((each) => (each.kind === kind ? [each.record as never] : []))
  await store.put({
    conversations: of('conversation'),
    readMarks: of('readMark'),
    consents: of('consent'),
    drafts: of('draft'),
    names: of('name'),
    progress: of('progress'),
    settings: of('setting'),
    messages: of('message'),
  } satisfies LocalBatch)
  for (const unsent of of('outbox')) await putUnsent(store, unsent)
}

async function putUnsent({ outbox }: LocalStore, unsent: UnsentMessage): Promise<void> {
  const { message, envelopes, state, code } = unsent
  const entry = await outbox.enqueue({ message, envelopes })
  if (entry === undefined || entry.state === state || state === 'waiting') return
  await outbox.markFailed(entry.number, code ?? '')
}

function badExport(line: number): CodecError {
  return new CodecError(
    'local-store/bad-export',
    `Import: line ${line} is not what an export has there`,
    { details: { line } },
  )
}
