// The newest rows of the log, those that the indexes do not have yet, in memory that the writer thread shares
// with the readers: a ring of fixed size, with a chain through the rows of each topic.

import { chainBytes, HashChains } from './hash-chains.ts'

/** A row as the indexes know it, and what it takes to read it from the table. */
export type IndexedRow = {
  /** The topic's id. */
  readonly topic: number
  readonly sequence: number
  /** As in the `time` column. */
  readonly time: bigint
  /** 32 bytes. */
  readonly digest: Uint8Array
  /** Of the message. */
  readonly bytes: number
  readonly checksum: number
}

/** What makes rows equal. */
export type EqualRow = Pick<IndexedRow, 'topic' | 'time' | 'digest'>

/** The rows of a snapshot that its indexes do not have: those beyond `indexed`, up to `last`. */
export type RecentSpan = { readonly indexed: number; readonly last: number }

/** Rows of some topics, by the topic's id, each in the order of arrival; topics without rows are not there. */
export type RowsByTopic = Map<number, IndexedRow[]>

const digestBytes = 32
const controlBytes = 3 * BigInt64Array.BYTES_PER_ELEMENT
const generationAt = 0
const firstAt = 1
const newestAt = 2
const nothing = 2n ** 62n

/** Memory for as many rows. */
export function recentMemory(capacity: number): SharedArrayBuffer {
  const rowBytes = 8 + 8 + 3 * 4 + digestBytes
  const memory = new SharedArrayBuffer(
    controlBytes + capacity * rowBytes + 2 * chainBytes(capacity),
  )
  new BigInt64Array(memory, 0, 3)[firstAt] = nothing
  return memory
}

/** The newest rows. One thread adds, all may read. */
export class RecentRows {
  readonly capacity: number
  /** Counts restarts; the first sequence that is here; the last that may be, now or soon. */
  readonly #control: BigInt64Array
  readonly #sequences: Float64Array
  readonly #times: BigInt64Array
  readonly #topics: Uint32Array
  readonly #messageBytes: Uint32Array
  readonly #checksums: Uint32Array
  readonly #digests: Uint8Array
  readonly #byTopic: HashChains
  readonly #byDigest: HashChains
  /** How many rows are told of together, before they come: telling costs more than adding. */
  readonly #toldAhead: number
  /** The last sequence that others were told of. */
  #told = Number.POSITIVE_INFINITY

  /** The rows in memory of {@link recentMemory}, for as many as were said there. */
  constructor(memory: SharedArrayBuffer, capacity: number) {
    this.capacity = capacity
    this.#toldAhead = Math.floor(capacity / 256)
    this.#control = new BigInt64Array(memory, 0, 3)
    let end = controlBytes
    const take = (bytes: number) => {
      end += bytes
      return end - bytes
    }
    this.#sequences = new Float64Array(memory, take(capacity * 8), capacity)
    this.#times = new BigInt64Array(memory, take(capacity * 8), capacity)
    this.#topics = new Uint32Array(memory, take(capacity * 4), capacity)
    this.#messageBytes = new Uint32Array(memory, take(capacity * 4), capacity)
    this.#checksums = new Uint32Array(memory, take(capacity * 4), capacity)
    this.#byTopic = new HashChains(memory, take(chainBytes(capacity)), capacity)
    this.#byDigest = new HashChains(memory, take(chainBytes(capacity)), capacity)
    this.#digests = new Uint8Array(memory, take(capacity * digestBytes))
  }

  /** Forgets all rows, and takes those that `rows` gives, from `first` on. */
  restart(first: number, rows: Iterable<IndexedRow>): void {
    const control = this.#control
    Atomics.store(control, firstAt, nothing)
    Atomics.add(control, generationAt, 1n)
    this.#byTopic.clear()
    this.#byDigest.clear()
    this.#sequences.fill(0)
    this.#tell(first - 1)
    for (const row of rows) this.add(row)
    Atomics.store(control, firstAt, BigInt(first))
  }

  /** Adds the row that follows on the last one; the oldest may be overwritten. */
  add({ topic, sequence, time, digest, bytes, checksum }: IndexedRow): void {
    // First, so that no reader trusts a slot that is about to change.
    if (sequence > this.#told) this.#tell(sequence + this.#toldAhead)
    const slot = sequence % this.capacity
    this.#sequences[slot] = sequence
    this.#times[slot] = time
    this.#topics[slot] = topic
    this.#messageBytes[slot] = bytes
    this.#checksums[slot] = checksum
    this.#digests.set(digest, slot * digestBytes)
    this.#byTopic.push(topic, slot)
    this.#byDigest.push(keyOf(digest), slot)
  }

  /** The row with a sequence, which must be here; its digest is a view. */
  row(sequence: number): IndexedRow {
    const slot = sequence % this.capacity
    const at = slot * digestBytes
    return {
      topic: this.#topics[slot] ?? 0,
      sequence,
      time: this.#times[slot] ?? 0n,
      digest: this.#digests.subarray(at, at + digestBytes),
      bytes: this.#messageBytes[slot] ?? 0,
      checksum: this.#checksums[slot] ?? 0,
    }
  }

  /** The sequence of an equal row beyond `indexed`. Only for the thread that adds. */
  find({ topic, time, digest }: EqualRow, indexed: number): number | undefined {
    for (const sequence of this.#walk(this.#byDigest, keyOf(digest), indexed)) {
      const row = this.row(sequence)
      if (row.topic !== topic || row.time !== time) continue
      if (Buffer.compare(row.digest, digest) === 0) return sequence
    }
    return undefined
  }

  /** The latest time of a topic's rows beyond `indexed`. Only for the thread that adds. */
  newestTime(topic: number, indexed: number): bigint | undefined {
    const rows = this.#rowsOf(topic, { indexed, last: Number.POSITIVE_INFINITY })
    return rows.reduce<bigint | undefined>(
      (newest, { time }) => (newest === undefined || time > newest ? time : newest),
      undefined,
    )
  }

  /** Rows of topics in a snapshot; undefined when some of the snapshot's are not here, or not any more. */
  within(topics: Iterable<number>, span: RecentSpan): RowsByTopic | undefined {
    const found: RowsByTopic = new Map()
    if (span.indexed >= span.last) return found
    // Before and after: a restart may end, or begin, in between.
    const generation = this.#generationOf(span)
    for (const topic of topics) {
      const rows = this.#rowsOf(topic, span)
      if (rows.length > 0) found.set(topic, rows)
    }
    return generation !== undefined && generation === this.#generationOf(span) ? found : undefined
  }

  #tell(newest: number): void {
    Atomics.store(this.#control, newestAt, BigInt(newest))
    this.#told = newest
  }

  #rowsOf(topic: number, { indexed, last }: RecentSpan): IndexedRow[] {
    const rows: IndexedRow[] = []
    for (const sequence of this.#walk(this.#byTopic, topic, indexed)) {
      if (sequence > last) continue
      const row = this.row(sequence)
      // A copy, which stays as it is when the slot is overwritten.
      if (row.topic === topic) rows.push({ ...row, digest: row.digest.slice() })
    }
    return rows.reverse()
  }

  // From the newest down. A slot that was overwritten has a higher sequence than the one that led to it.
  *#walk(chains: HashChains, key: number, indexed: number): Generator<number> {
    let before = Number.POSITIVE_INFINITY
    for (let slot = chains.newest(key); slot >= 0; slot = chains.before(slot)) {
      const sequence = this.#sequences[slot] ?? 0
      if (sequence <= indexed || sequence >= before) return
      yield sequence
      before = sequence
    }
  }

  // How often there was a restart, if all rows of a span are here.
  #generationOf({ indexed, last }: RecentSpan): bigint | undefined {
    const generation = Atomics.load(this.#control, generationAt)
    const newest = Atomics.load(this.#control, newestAt)
    const oldest = newest - BigInt(this.capacity) + 1n
    const first = Atomics.load(this.#control, firstAt)
    const isComplete = first <= BigInt(indexed + 1) && newest >= BigInt(last)
    return isComplete && oldest <= BigInt(indexed + 1) ? generation : undefined
  }
}

function keyOf(digest: Uint8Array): number {
  const [a = 0, b = 0] = digest
  return (a << 8) | b
}
