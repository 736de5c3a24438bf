// The port of journals: lines that are appended and read back, so that a job goes on where it was interrupted.

/** Where lines of text are kept. One writer at a time. */
export type Journal = {
  /** What was appended, in its order. A line that a crash cut off is not among them. */
  read(): AsyncIterable<string>
  /** Adds lines; resolves once they are durable, where the journal is. Lines hold no line breaks. */
  append(lines: readonly string[]): Promise<void>
}

/** A journal that is gone with the process: jobs that end with it cannot be resumed. */
export function createMemoryJournal(): Journal {
  const kept: string[] = []
  return {
    read: async function* () {
      yield* [...kept]
    },
    append: async (lines) => void kept.push(...lines),
  }
}
