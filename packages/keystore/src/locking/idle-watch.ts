/** The clock port of a keystore that locks. */
export type KeystoreClock = {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** Resolves after `delayMs` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/** Notices when nothing has been at work for a while. */
export type IdleWatch = {
  begin(): void
  end(): void
  isBusy(): boolean
  /** Whether the time is over. Timers stand still while a machine sleeps, so whoever comes next asks. */
  isOver(): boolean
  /** Calls `onOver` once when the time is over. */
  start(onOver: () => void): void
  stop(): void
}

/** Creates a watch that is not started. */
export function createIdleWatch(clock: KeystoreClock, idleMs: number): IdleWatch {
  let atWork = 0
  let usedMs = clock.nowMs()
  let ending = new AbortController()

  const isOver = (): boolean => atWork === 0 && clock.nowMs() - usedMs >= idleMs

  // One timer at a time, which no use has to start anew.
  async function wait(signal: AbortSignal, onOver: () => void): Promise<void> {
    while (!isOver()) {
      // A wall clock that is set back must not put off the end.
      usedMs = Math.min(usedMs, clock.nowMs())
      const restMs = atWork > 0 ? idleMs : usedMs + idleMs - clock.nowMs()
      await clock.sleep(restMs, { signal })
      if (signal.aborted) return
    }
    onOver()
  }

  return {
    begin: () => {
      atWork += 1
    },
    end: () => {
      atWork -= 1
      usedMs = clock.nowMs()
    },
    isBusy: () => atWork > 0,
    isOver,
    start: (onOver) => {
      ending.abort()
      ending = new AbortController()
      usedMs = clock.nowMs()
      void wait(ending.signal, onOver)
    },
    stop: () => ending.abort(),
  }
}
