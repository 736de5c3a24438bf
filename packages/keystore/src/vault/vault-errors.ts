// Errors that all vaults share. None tells whose keys they are about.

import { CodecError, StorageError, VerificationError } from '@posthorn/errors'

/** `keystore/unavailable`: the place cannot be read or written; `action` starts the message. */
export function unavailable(action: string, cause: unknown): StorageError {
  const message = `${action}: the place where keys lie failed, wanted it to read and write`
  return new StorageError('keystore/unavailable', message, { cause })
}

/** `keystore/not-opened`: what lies there was not sealed with the key that lies there, or was changed. */
export function notOpened(cause: unknown): VerificationError {
  return new VerificationError(
    'keystore/not-opened',
    'Load keys: found bytes that do not open, wanted them as they were saved',
    { cause },
  )
}

/** `keystore/malformed`: what lies there is no sealed key bundle; `found` says what is wrong. */
export function malformed(found: string): CodecError {
  return new CodecError('keystore/malformed', `Load keys: found ${found}, wanted what was saved`)
}
