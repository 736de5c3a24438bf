// What the node is busy with, so that it can finish before it stops.

/** Kinds of work: calls that answer once, and streams that end when the node ends them. */
export type WorkKind = 'unary' | 'stream'

/** Counts running work. */
export type Activity = {
  /** Counts `work` until it settles; it must not reject. */
  track(kind: WorkKind, work: Promise<unknown>): void
  /** Resolves when no work of a kind is running. */
  idle(kind: WorkKind): Promise<void>
  count(kind: WorkKind): number
}

/** Creates a count of nothing. */
export function createActivity(): Activity {
  const running = { unary: 0, stream: 0 }
  const waiting = { unary: Promise.withResolvers<void>(), stream: Promise.withResolvers<void>() }
  return {
    track: (kind, work) => {
      running[kind]++
      void work.finally(() => {
        running[kind]--
        if (running[kind] > 0) return
        waiting[kind].resolve()
        waiting[kind] = Promise.withResolvers()
      })
    },
    idle: (kind) => (running[kind] === 0 ? Promise.resolve() : waiting[kind].promise),
    count: (kind) => running[kind],
  }
}
