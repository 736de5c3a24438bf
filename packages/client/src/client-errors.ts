// Errors that several parts of the client throw.

import { NotFoundError } from '@posthorn/errors'

/** `contact/not-registered`: the peer has never joined the network. */
export function notRegistered(): NotFoundError {
  return new NotFoundError(
    'contact/not-registered',
    'Look up peer: the account has not joined the network yet, so there are no keys to write to',
  )
}
