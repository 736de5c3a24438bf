// What a job writes to its journal: JSON, one record a line.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { ProtocolError, StorageError } from '@posthorn/errors'
import type { Outcome } from './outcome.ts'

/** Bytes to be published on some topics, sealed once. */
export type Post = {
  readonly topics: readonly string[]
  readonly timestampNs: bigint
  readonly message: Uint8Array
}

/** What is to be published for one recipient, and what has become of them once it is. */
export type SealedPosts = {
  readonly address: string
  readonly posts: readonly Post[]
  readonly outcome: Outcome
}

/** One line of a job's journal. */
export type JobRecord =
  /** The first line: what the job is. */
  | { readonly kind: 'job'; readonly version: 1; readonly digest: string }
  | ({ readonly kind: 'sealed' } & SealedPosts)
  | { readonly kind: 'settled'; readonly address: string; readonly outcome: Outcome }

/** The line of a record. */
export function jobRecordToLine(record: JobRecord): string {
  if (record.kind !== 'sealed') return JSON.stringify(record)
  const posts = record.posts.map(({ topics, timestampNs, message }) => ({
    topics,
    ns: `${timestampNs}`,
    message: toBase64(message),
  }))
  return JSON.stringify({ ...record, posts })
}

/** The record of a line. @throws StorageError `announce/journal-damaged` */
export function jobRecordFromLine(line: string): JobRecord {
  try {
    // Our own line: only its form is looked at.
    const record: unknown = JSON.parse(line)
    if (isJob(record) || isSettled(record)) return record
    if (isSealed(record)) return { ...record, posts: record.posts.map(postOf) }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ProtocolError)) throw error
  }
  throw new StorageError(
    'announce/journal-damaged',
    `Resume job: found a line of ${line.length} characters that is no record, wanted the journal of an announcement`,
  )
}

type PostLine = {
  readonly topics: readonly string[]
  readonly ns: string
  readonly message: string
}

type Line = Readonly<Record<string, unknown>>

function postOf({ topics, ns, message }: PostLine): Post {
  return { topics, timestampNs: BigInt(ns), message: fromBase64(message) }
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null
}

function isJob(value: unknown): value is Extract<JobRecord, { kind: 'job' }> {
  return (
    isLine(value) &&
    value['kind'] === 'job' &&
    value['version'] === 1 &&
    typeof value['digest'] === 'string'
  )
}

function isSettled(value: unknown): value is Extract<JobRecord, { kind: 'settled' }> {
  return isLine(value) && value['kind'] === 'settled' && hasOutcome(value)
}

function isSealed(value: unknown): value is {
  kind: 'sealed'
  address: string
  outcome: Outcome
  posts: readonly PostLine[]
} {
  const isOne = isLine(value) && value['kind'] === 'sealed' && hasOutcome(value)
  return isOne && Array.isArray(value['posts']) && value['posts'].every(isPost)
}

function hasOutcome(value: Line): boolean {
  const { address, outcome } = value
  return typeof address === 'string' && isLine(outcome) && typeof outcome['kind'] === 'string'
}

function isPost(value: unknown): value is PostLine {
  if (!isLine(value)) return false
  const { topics, ns, message } = value
  return (
    Array.isArray(topics) &&
    topics.every((topic) => typeof topic === 'string') &&
    typeof ns === 'string' &&
    /^\d{1,20}$/.test(ns) &&
    typeof message === 'string'
  )
}
