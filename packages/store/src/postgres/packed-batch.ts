// Envelopes as parameters of `posthorn.append`, and its answer as results. Hashing happens here, since
// any number of nodes share one database.

import { hash } from 'node:crypto'
import { type Envelope, topicCategory } from '@posthorn/envelope'
import { timeOfTimestamp } from '../sqlite/time.ts'
import type { AppendResult } from '../store.ts'
import { byteaArray, int2Array, int4Array, int8Array } from './binary-array.ts'
import { categoryNumber } from './category-number.ts'

/** A batch without the envelopes that it has twice. */
export type PackedBatch = {
  readonly parameters: readonly Buffer[]
  /** For each envelope its place among those that are sent. */
  readonly places: readonly number[]
  /** How many are sent. */
  readonly count: number
}

/** What `posthorn.append` answers. */
export type AppendAnswer = {
  readonly firstSequence: number
  /** Sequences of those that were there, by place. */
  readonly duplicates: ReadonlyMap<number, number>
}

/** Hashes and packs envelopes. */
export function packBatch(envelopes: readonly Envelope[]): PackedBatch {
  const topics = new Map<string, { readonly at: number; readonly name: Buffer }>()
  const known = new Map<string, number>()
  const rows: Row[] = []
  const places = envelopes.map((envelope) => {
    const topic = topicOf(envelope.contentTopic, topics)
    const row = rowOf(envelope, topic)
    const key = `${topic.at} ${row.time} ${row.digest.toString('latin1')}`
    const place = known.get(key) ?? rows.length
    if (place === rows.length) {
      known.set(key, place)
      rows.push(row)
    }
    return place
  })
  return { parameters: parametersOf(topics, rows), places, count: rows.length }
}

/** The results as the port gives them. */
export function unpackResults(batch: PackedBatch, answer: AppendAnswer): AppendResult[] {
  const { firstSequence, duplicates } = answer
  let next = firstSequence
  const results = Array.from({ length: batch.count }, (_, place): AppendResult => {
    const sequence = duplicates.get(place)
    return sequence === undefined
      ? { sequence: next++, isDuplicate: false }
      : { sequence, isDuplicate: true }
  })
  const seen = new Set<number>()
  return batch.places.flatMap((place) => {
    const result = results[place]
    if (result === undefined) return []
    const isRepeat = seen.has(place)
    seen.add(place)
    return [isRepeat ? { ...result, isDuplicate: true } : result]
  })
}

type Topic = { readonly at: number; readonly name: Buffer }

type Row = {
  readonly topicAt: number
  readonly time: bigint
  readonly digest: Buffer
  readonly message: Uint8Array
}

function topicOf(name: string, topics: Map<string, Topic>): Topic {
  const known = topics.get(name)
  if (known !== undefined) return known
  const topic = { at: topics.size + 1, name: Buffer.from(name) }
  topics.set(name, topic)
  return topic
}

function rowOf({ timestampNs, message }: Envelope, { at, name }: Topic): Row {
  const digest = hash('sha256', Buffer.concat([name, message]), 'buffer')
  return { topicAt: at, time: timeOfTimestamp(timestampNs), digest, message }
}

function parametersOf(topics: ReadonlyMap<string, Topic>, rows: readonly Row[]): Buffer[] {
  return [
    byteaArray(Array.from(topics.values(), (topic) => topic.name)),
    int2Array(Array.from(topics.keys(), (name) => categoryNumber(topicCategory(name)))),
    int4Array(rows.map((row) => row.topicAt)),
    int8Array(rows.map((row) => row.time)),
    byteaArray(rows.map((row) => row.digest)),
    byteaArray(rows.map((row) => row.message)),
  ]
}
