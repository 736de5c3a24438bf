// How far a stream has got with its topics, in sequences of the store.

import { everyTopic } from './dispatcher.ts'

/** Topics, each with the sequence behind which it starts; undefined starts now. */
export type TopicStarts = ReadonlyMap<string, number | undefined>

const noTopics: ReadonlySet<string> = new Set()

/** Where the node's log stands when topics join. */
export type LogEnds = {
  /** What was handed to streams before. */
  readonly reached: number
  /** Where topics without a past start; at least as far. */
  readonly now: number
}

/** What a stream has sent of its topics. */
export class Progress {
  #topics = noTopics
  #position = 0
  // Most streams need neither map.
  #past: Map<string, number> | undefined
  /** Topics that came later than the position: up to these sequences theirs was sent or is not wanted. */
  #late: Map<string, number> | undefined

  /** Up to here everything has been sent, of all topics but late ones. */
  position(): number {
    return this.#position
  }

  /** Whether there are topics whose past has yet to be sent. */
  hasPast(): boolean {
    return this.#past !== undefined && this.#past.size > 0
  }

  /** Replaces the topics; those that are new start as told. `topics` are those of `starts`. */
  join(starts: TopicStarts, topics: ReadonlySet<string>, { reached, now }: LogEnds): void {
    if (this.#topics.size === 0) {
      this.#position = Math.max(this.#position, haveNoPast(starts) ? now : reached)
    }
    for (const map of [this.#past, this.#late]) {
      for (const topic of map?.keys() ?? []) if (!starts.has(topic)) map?.delete(topic)
    }
    for (const [topic, after] of starts) {
      if (!this.#topics.has(topic)) this.#start(topic, after, now)
    }
    this.#topics = topics
  }

  /** Takes the topics whose past is to be sent now, up to `head`; what comes later must be beyond it. */
  takePast(head: number): ReadonlyMap<string, number> {
    const taken = this.#past ?? new Map<string, number>()
    this.#past = undefined
    for (const [topic, after] of taken) {
      const done = Math.max(head, after)
      if (done > this.#position) this.#setLate(topic, done)
    }
    return taken
  }

  /** Whether something has yet to be sent. */
  isNew(topic: string, sequence: number): boolean {
    return sequence > this.#doneOf(topic)
  }

  /** Everything up to a sequence has been sent. */
  advance(sequence: number): void {
    if (sequence <= this.#position) return
    this.#position = sequence
    for (const [topic, done] of this.#late ?? []) if (done <= sequence) this.#late?.delete(topic)
  }

  /** Where each topic goes on. */
  next(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#topics, (topic) => [topic, this.#doneOf(topic)]))
  }

  #doneOf(topic: string): number {
    return Math.max(this.#position, this.#late?.get(topic) ?? 0)
  }

  #start(topic: string, after: number | undefined, now: number): void {
    // Of every topic some were sent already, and nobody remembers which.
    const isMixed = topic === everyTopic && this.#topics.size > 0
    if (isMixed) return
    if (after !== undefined) {
      this.#past ??= new Map()
      this.#past.set(topic, after)
    } else if (now > this.#position) this.#setLate(topic, now)
  }

  #setLate(topic: string, done: number): void {
    this.#late ??= new Map()
    this.#late.set(topic, done)
  }
}

function haveNoPast(starts: TopicStarts): boolean {
  for (const after of starts.values()) if (after !== undefined) return false
  return true
}

/** The lowest of the sequences behind which topics start. */
export function firstStart(starts: ReadonlyMap<string, number>): number {
  let first = Number.MAX_SAFE_INTEGER
  for (const start of starts.values()) first = Math.min(first, start)
  return first
}

/** The highest of them; 0 where there are none. */
export function lastStart(starts: ReadonlyMap<string, number>): number {
  let last = 0
  for (const start of starts.values()) last = Math.max(last, start)
  return last
}
