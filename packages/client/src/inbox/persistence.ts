// Trying again until it works: the network comes back, and so does room on a disk.

import { type ProtocolError, StorageError } from '@posthorn/errors'
import { retryDelayMs } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { mayTryAgain } from '../follow.ts'

/** Runs a call until it succeeds. @throws what trying again does not help against, or when the signal aborts */
export type Persist = <T>(call: () => Promise<T>) => Promise<T>

/** How to persist. */
export type PersistenceOptions = {
  readonly signal: AbortSignal
  readonly onTrouble: (error: ProtocolError) => void
  readonly onSuccess: () => void
}

/** Creates what persists; waits between tries double, spread by chance. */
export function createPersistence(
  { clock, crypto }: Pick<ClientContext, 'clock' | 'crypto'>,
  { signal, onTrouble, onSuccess }: PersistenceOptions,
): Persist {
  const random = (): number => (crypto.randomBytes(1)[0] ?? 0) / 256
  return async (call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await call()
        onSuccess()
        return result
      } catch (error) {
        if (signal.aborted || !mayPass(error)) throw error
        onTrouble(error)
        const delayMs = Math.max(error.retryAfterMs ?? 0, retryDelayMs(attempt, { random }))
        await clock.sleep(delayMs, { signal })
        if (signal.aborted) throw error
      }
    }
  }
}

function mayPass(error: unknown): error is ProtocolError {
  if (error instanceof StorageError && error.code === 'local-store/closed') return false
  return mayTryAgain(error)
}
