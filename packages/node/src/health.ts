// Whether the node is up and takes work, for load balancers and supervisors.

/** `starting` and `draining` nodes are alive but not ready. */
export type HealthState = 'starting' | 'serving' | 'draining'

/** The node's state, to read and to watch. */
export type Health = {
  state(): HealthState
  set(state: HealthState): void
  /** The state now and each later one, until it drains or `signal` aborts. */
  watch(signal: AbortSignal): AsyncGenerator<HealthState, void, void>
}

/** Creates a health state of `starting`. */
export function createHealth(): Health {
  let current: HealthState = 'starting'
  let changed = Promise.withResolvers<void>()

  return {
    state: () => current,
    set: (state) => {
      current = state
      changed.resolve()
      changed = Promise.withResolvers<void>()
    },
    watch: async function* (signal) {
      const gone = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => gone.resolve(), { once: true })
      while (!signal.aborted) {
        const { promise } = changed
        yield current
        if (current === 'draining') return
        await Promise.race([promise, gone.promise])
      }
    },
  }
}
