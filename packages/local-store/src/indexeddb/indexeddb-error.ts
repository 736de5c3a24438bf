// What IndexedDB says, in our families.

import { ProtocolError } from '@posthorn/errors'
import { closedError, fullError, newerVersionError, unavailableError } from '../errors.ts'

/** The error for whatever was thrown; `action` starts its message. */
export function indexedDbError(action: string, cause: unknown): ProtocolError {
  if (cause instanceof ProtocolError) return cause
  switch ((cause as { readonly name?: unknown } | null)?.name) {
    case 'QuotaExceededError':
      return fullError(cause)
    case 'VersionError':
      return newerVersionError()
    case 'InvalidStateError':
      // The connection closed between the check and the call.
      return closedError()
    default:
      return unavailableError(action, cause)
  }
}
