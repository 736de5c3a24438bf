// Errors of keystores, whichever way they hold their keys.

import { UsageError, VerificationError } from '@posthorn/errors'

/** `keystore/closed`: it was closed by this program. */
export function closed(): UsageError {
  return new UsageError('keystore/closed', 'Use keystore: it was closed, open it anew')
}

/** `keystore/locked`: it has locked itself, and unlocking is impossible or failed. */
export function locked(cause?: unknown): UsageError {
  const message = 'Use keystore: it is locked and was not unlocked, wanted its keys'
  return new UsageError('keystore/locked', message, { cause })
}

/** `keystore/other-account`: keys came that are of another account. */
export function otherAccount(): VerificationError {
  return new VerificationError(
    'keystore/other-account',
    'Open keystore: found the keys of another account, wanted those of the one before',
  )
}
