// How far a stream has read the log of its node. The node's own numbers say exactly what is missing after a
// breakage, so nothing has to be looked up by time.

import type { LiveEnvelope, LogMark, LogPosition } from '@posthorn/transport'

/** What was read of a log. */
export type LogProgress = {
  /** Where to go on, with topics that joined since; undefined while the log has no name. */
  position(added: readonly string[]): LogPosition | undefined
  mark(mark: LogMark): void
  saw(envelope: LiveEnvelope): void
  /** The log is not the one it was. */
  forget(): void
}

/** What was read of a log from `start` on; `onReached` is called when everything up to a number was read. */
export function createLogProgress(
  start?: LogMark,
  onReached?: (mark: LogMark) => void,
): LogProgress {
  let position: { readonly logId: string; readonly afterSequence: number } | undefined =
    start === undefined ? undefined : { logId: start.logId, afterSequence: start.sequence }
  // Topics that joined and whose past has not been read to its end.
  const topicStarts = new Map<string, number>()
  return {
    position: (added: readonly string[]): LogPosition | undefined => {
      if (position === undefined) return undefined
      for (const topic of added) if (!topicStarts.has(topic)) topicStarts.set(topic, 0)
      return { ...position, topicStarts: new Map(topicStarts) }
    },
    mark: ({ logId, sequence }: LogMark): void => {
      const before = position?.logId === logId ? position.afterSequence : 0
      position = { logId, afterSequence: Math.max(before, sequence) }
      // The mark that opens a stream into the past says nothing but the name of the log.
      if (sequence > 0) topicStarts.clear()
      if (topicStarts.size === 0) onReached?.({ logId, sequence: position.afterSequence })
    },
    saw: ({ contentTopic, sequence }: LiveEnvelope): void => {
      if (sequence === undefined || position === undefined) return
      if (topicStarts.has(contentTopic)) topicStarts.set(contentTopic, sequence)
      else if (sequence > position.afterSequence) {
        position = { ...position, afterSequence: sequence }
      }
    },
    forget: (): void => {
      position = undefined
      topicStarts.clear()
    },
  }
}
