// Which topics a replica may not yet show as this node has left them.

/** Remembers the last sequence that this node gave in each topic, until the replica is known to have it. */
export class OwnWrites {
  readonly #sequences = new Map<string, number>()
  readonly #maxTopics: number
  #replayed = 0
  /** All topics are taken to have this sequence: set when there are too many to tell apart. */
  #floor = 0

  constructor(maxTopics = 100_000) {
    this.#maxTopics = maxTopics
  }

  /** This node has stored an envelope. */
  wrote(topic: string, sequence: number): void {
    if (this.#sequences.size >= this.#maxTopics) this.#raiseFloor()
    this.#sequences.set(topic, Math.max(sequence, this.#sequences.get(topic) ?? 0))
  }

  /** The replica has shown that it has all up to a sequence. */
  replayed(sequence: number): void {
    if (sequence <= this.#replayed) return
    this.#replayed = sequence
    for (const [topic, written] of this.#sequences) {
      if (written <= sequence) this.#sequences.delete(topic)
    }
  }

  /** Whether the replica is known to show all that this node has stored in these topics. */
  areReplayed(topics: readonly string[]): boolean {
    if (this.#floor > this.#replayed) return false
    return !topics.some((topic) => this.#sequences.has(topic))
  }

  #raiseFloor(): void {
    for (const sequence of this.#sequences.values()) this.#floor = Math.max(this.#floor, sequence)
    this.#sequences.clear()
  }
}
