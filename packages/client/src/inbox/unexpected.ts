import { InternalError, ProtocolError } from '@posthorn/errors'

/** An error as states tell it; what is none of ours is a bug. */
export function asProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error
  return new InternalError('inbox/unexpected', 'Keep inbox: something failed that never should', {
    cause: error,
  })
}
