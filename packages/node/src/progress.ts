// How far a stream has got with its topics, in sequences of the store.

import { everyTopic } from './dispatcher.ts'

/** Topics, each with the sequence behind which it starts; undefined starts now. */
export type TopicStarts = ReadonlyMap<string, number | undefined>

/** What a stream has sent of its topics. */
export type Progress = {
  /** Up to here everything has been sent, of all topics but late ones. */
  position(): number
  /** Whether there are topics whose past has yet to be sent. */
  hasPast(): boolean
  /** Replaces the topics; those that are new start as told. `reached` is what was handed over before. */
  join(starts: TopicStarts, reached: number): void
  /** Takes the topics whose past is to be sent now, up to `head`; what comes later must be beyond it. */
  takePast(head: number): ReadonlyMap<string, number>
  isNew(topic: string, sequence: number): boolean
  advance(sequence: number): void
  /** Where each topic goes on. */
  next(): ReadonlyMap<string, number>
}

/** No topics so far. */
export function createProgress(): Progress {
  let topics: ReadonlySet<string> = new Set()
  let position = 0
  const past = new Map<string, number>()
  // Topics that came later than `position`: up to these sequences theirs was sent or is not wanted.
  const late = new Map<string, number>()

  const doneOf = (topic: string): number => Math.max(position, late.get(topic) ?? 0)

  const start = (topic: string, after: number | undefined, reached: number): void => {
    // Of every topic some were sent already, and nobody remembers which.
    const isMixed = topic === everyTopic && topics.size > 0
    if (after !== undefined && !isMixed) past.set(topic, after)
    else if (reached > position && !isMixed) late.set(topic, reached)
  }

  return {
    position: () => position,
    hasPast: () => past.size > 0,
    join: (starts, reached) => {
      if (topics.size === 0) position = Math.max(position, reached)
      for (const map of [past, late]) {
        for (const topic of map.keys()) if (!starts.has(topic)) map.delete(topic)
      }
      for (const [topic, after] of starts) if (!topics.has(topic)) start(topic, after, reached)
      topics = new Set(starts.keys())
    },
    takePast: (head) => {
      const taken = new Map(past)
      past.clear()
      for (const [topic, after] of taken) {
        const done = Math.max(head, after)
        if (done > position) late.set(topic, done)
      }
      return taken
    },
    isNew: (topic, sequence) => sequence > doneOf(topic),
    advance: (sequence) => {
      if (sequence <= position) return
      position = sequence
      for (const [topic, done] of late) if (done <= sequence) late.delete(topic)
    },
    next: () => new Map(Array.from(topics, (topic) => [topic, doneOf(topic)])),
  }
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
