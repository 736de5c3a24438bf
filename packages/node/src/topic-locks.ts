// Work on one topic at a time, for checks that must hold until the append that they allow.

/** Runs work while it alone holds some topics. */
export type TopicLocks = {
  hold<T>(topics: readonly string[], work: () => Promise<T>): Promise<T>
}

/** Creates locks; they take memory only while held. */
export function createTopicLocks(): TopicLocks {
  const lastOf = new Map<string, Promise<void>>()

  return {
    hold: async (topics, work) => {
      const held = [...new Set(topics)]
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      // All places in the queues are taken in one step, so two holders can never wait for each other.
      const before = held.map((topic) => lastOf.get(topic))
      for (const topic of held) lastOf.set(topic, released)
      try {
        await Promise.all(before)
        return await work()
      } finally {
        for (const topic of held) if (lastOf.get(topic) === released) lastOf.delete(topic)
        release()
      }
    },
  }
}
