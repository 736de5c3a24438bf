// Waiting for something that another task brings about, without guessing how long it takes.

/** Options of `eventually`. */
export type EventuallyOptions = {
  readonly timeoutMs?: number
}

/** Repeats `attempt` until it neither throws nor rejects; after `timeoutMs` fails with its last error. */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 5_000 }: EventuallyOptions = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
