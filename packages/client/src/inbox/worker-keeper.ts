// When an inbox works on the network, and when it rests: never two workers at once, and none while the store is mended.

import { createTurns } from './turns.ts'
import type { Worker } from './worker.ts'

/** Keeps at most one worker; disposal ends it for good, once whatever it rests for is over. */
export type WorkerKeeper = AsyncDisposable & {
  /** From now on there may be a worker; resolves when there is one. */
  begin(): Promise<void>
  /** Does something while nobody works; a worker that there was begins anew after it. */
  resting<T>(task: () => Promise<T>): Promise<T>
  wake(): void
}

/** What keeping a worker takes. */
export type WorkerKeeperParts = {
  readonly start: () => Promise<Worker>
  readonly onError: (error: unknown) => void
}

/** Creates a keeper without a worker. */
export function keepWorker({ start, onError }: WorkerKeeperParts): WorkerKeeper {
  const inTurn = createTurns()
  let worker: Worker | undefined
  let mayWork = false

  async function work(): Promise<void> {
    if (!mayWork || worker !== undefined) return
    try {
      worker = await start()
    } catch (error) {
      onError(error)
    }
  }

  async function rest(): Promise<void> {
    const ending = worker
    worker = undefined
    await ending?.[Symbol.asyncDispose]()
  }

  let isEnded = false
  return {
    begin: () => {
      mayWork = !isEnded
      return inTurn('worker', work)
    },
    resting: (task) =>
      inTurn('worker', async () => {
        await rest()
        return task().finally(work)
      }),
    wake: () => worker?.wake(),
    [Symbol.asyncDispose]: () => {
      isEnded = true
      mayWork = false
      return inTurn('worker', rest)
    },
  }
}
