// How far a job has got, as its journal says.

import { UsageError } from '@posthorn/errors'
import {
  type JobRecord,
  jobRecordFromLine,
  jobRecordToLine,
  type SealedPosts,
} from './job-record.ts'
import type { Journal } from './journal.ts'
import type { Outcome } from './outcome.ts'

/** The journal of one job, read. */
export type JobLog = {
  /** What became of a recipient. */
  outcomeOf(address: string): Outcome | undefined
  /** What was sealed for a recipient who is not settled: it may have been sent. */
  sealedFor(address: string): SealedPosts | undefined
  /** Resolves once the journal has them, so that they are the only ones that will ever be sent. */
  noteSealed(sealed: readonly SealedPosts[]): Promise<void>
  noteSettled(settled: readonly Settled[]): Promise<void>
}

/** A recipient with what became of them. */
export type Settled = { readonly address: string; readonly outcome: Outcome }

/**
 * Reads a journal, or begins an empty one.
 *
 * @throws UsageError `announce/other-job` when the journal is of another job;
 * StorageError `announce/journal-damaged`, and whatever the journal throws
 */
export async function openJobLog(journal: Journal, digest: string): Promise<JobLog> {
  const outcomes = new Map<string, Outcome>()
  const sealed = new Map<string, SealedPosts>()
  let isBegun = false

  function take(record: JobRecord): void {
    if (record.kind === 'job') {
      if (record.digest !== digest) throw otherJob()
      isBegun = true
      return
    }
    if (!isBegun) throw otherJob()
    if (record.kind === 'settled') {
      settle(record)
      return
    }
    sealed.set(record.address, record)
    outcomes.delete(record.address)
  }

  function settle({ address, outcome }: Settled): void {
    outcomes.set(address, outcome)
    sealed.delete(address)
  }

  const write = (records: readonly JobRecord[]): Promise<void> =>
    records.length === 0 ? Promise.resolve() : journal.append(records.map(jobRecordToLine))

  for await (const line of journal.read()) take(jobRecordFromLine(line))
  if (!isBegun) await write([{ kind: 'job', version: 1, digest }])

  return {
    outcomeOf: (address) => outcomes.get(address),
    sealedFor: (address) => sealed.get(address),
    noteSealed: (posts) => write(posts.map((each) => ({ kind: 'sealed', ...each }))),
    noteSettled: async (settled) => {
      await write(settled.map((each) => ({ kind: 'settled', ...each })))
      for (const each of settled) settle(each)
    },
  }
}

function otherJob(): UsageError {
  return new UsageError(
    'announce/other-job',
    'Resume job: the journal is of other content, another conversation id or another sender; use a journal for each job',
  )
}
