import { UsageError } from '@posthorn/errors'
import type { BackendName } from './port.ts'

/** What {@link loadCrypto} takes. */
export type LoadCryptoOptions = {
  /** The back end to use; without it the fastest one of the platform. */
  readonly backend?: BackendName | undefined
}

/** The refusal of a back end that the platform or the entry does not have. */
export function backendUnavailable(backend: string, available: readonly BackendName[]): UsageError {
  return new UsageError(
    'crypto/backend-unavailable',
    `Load crypto: found back end '${backend}', wanted one of ${available.join(', ')}`,
    { details: { backend } },
  )
}
