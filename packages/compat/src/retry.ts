// Trying again.

import { systemClock } from '@posthorn/client'
import type { Anything } from './anything.ts'

/** Whether another try may help. */
export type IsRetryable = (error?: Error) => boolean

/** As the published API has them. */
export type RetryArguments<T extends (...args: Anything[]) => Anything> = [
  fn: T,
  args: Parameters<T>,
  maxRetries: number,
  sleepTime: number,
  isRetryable?: IsRetryable | undefined,
]

/**
 * Calls a function until it succeeds, `maxRetries` times after the first, and waits `sleepTime` milliseconds
 * between tries.
 *
 * @throws what the last try throws
 */
export async function retry<T extends (...args: Anything[]) => Anything>(
  ...[fn, args, maxRetries, sleepTime, isRetryable = () => true]: RetryArguments<T>
): Promise<Awaited<ReturnType<T>>> {
  for (let failures = 0; ; failures++) {
    try {
      return await fn(...args)
    } catch (error) {
      if (failures >= maxRetries || !isRetryable(error as Error)) throw error
      await systemClock.sleep(sleepTime)
    }
  }
}
