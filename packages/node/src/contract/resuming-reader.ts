// Reads one topic through connections that break, resuming each time behind what it has.

import type { ApiClient, LiveStream } from './api-client.ts'

/** What a reader has got. */
export type ResumingReader = {
  readonly sequences: readonly number[]
  /** Resolves when `stop` was called and the last connection has ended. */
  readonly done: Promise<void>
  stop(): void
}

/** Starts to read a topic from its beginning; `connect` makes a client for each connection. */
export function startResumingReader(connect: () => ApiClient, topic: string): ResumingReader {
  const sequences: number[] = []
  let logId = ''
  let after = 0n
  let isStopped = false
  let stream: LiveStream | undefined

  const readOnce = async (): Promise<void> => {
    const client = connect()
    try {
      stream = await client.subscribe([topic], { logId, afterSequence: after, positions: [] })
      for (let next = await stream.next(); next && !isStopped; next = await stream.next()) {
        const { contentTopic, sequence = 0n } = next
        if (contentTopic === '') logId = next.logId ?? logId
        else sequences.push(Number(sequence))
        if (sequence > after) after = sequence
      }
    } catch {
      // The connection broke, which is the point.
    } finally {
      client.close()
    }
  }
  const read = async (): Promise<void> => {
    while (!isStopped) {
      await readOnce()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    sequences,
    done: read(),
    stop: () => {
      isStopped = true
      stream?.cancel()
    },
  }
}
