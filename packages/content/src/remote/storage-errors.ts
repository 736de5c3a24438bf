// What storages of attachments throw.

import {
  NotFoundError,
  type ProtocolError,
  TransportError,
  ValidationError,
} from '@posthorn/errors'

/** A file longer than the reader takes. */
export function tooBig(maxBytes: number): ValidationError {
  return new ValidationError(
    'attachment/too-big',
    `Download attachment: it is longer than ${maxBytes} bytes`,
    { details: { maxBytes } },
  )
}

/** An address without https that nobody permitted. */
export function insecureUrl(): ValidationError {
  return new ValidationError(
    'attachment/insecure-url',
    'Download attachment: its address is not https, and http was not permitted',
  )
}

/** Nothing lies at the address. */
export function fileNotFound(): NotFoundError {
  return new NotFoundError('attachment/not-found', 'Download attachment: the file is not there')
}

/** The caller gave up. */
export function transferCancelled(): TransportError {
  return new TransportError('attachment/cancelled', 'Transfer attachment: the caller cancelled it')
}

/** Throws when the caller has given up. @throws TransportError `attachment/cancelled` */
export function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw transferCancelled()
}

/** The storage answered, with a refusal. */
export function refused(status: number): TransportError {
  return new TransportError(
    'attachment/refused',
    `Transfer attachment: the storage answered ${status}`,
    { details: { status } },
  )
}

/** No answer, or none to its end. */
export function unreachable(cause: unknown): ProtocolError {
  return new TransportError('attachment/unreachable', 'Transfer attachment: no complete answer', {
    cause,
  })
}
