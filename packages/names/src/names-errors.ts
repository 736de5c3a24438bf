// Failures that several files of this package speak of.

import { CodecError, ProtocolError, TransportError, ValidationError } from '@posthorn/errors'

/** Who was asked cannot be reached, or answered that it cannot answer. */
export function unavailable(action: string, cause?: unknown): TransportError {
  return new TransportError(
    'names/unavailable',
    `${action}: who knows cannot be reached or failed, wanted an answer`,
    { cause },
  )
}

/** The caller's signal aborted. */
export function cancelled(action: string): TransportError {
  return new TransportError('names/cancelled', `${action}: the caller cancelled it`)
}

/** No answer in time. */
export function timedOut(action: string, timeoutMs: number): TransportError {
  return new TransportError('names/timeout', `${action}: no answer within ${timeoutMs} ms`, {
    details: { timeoutMs },
  })
}

/** A name breaks the rules of its system. `found` must be log-safe. */
export function invalidName(found: string, wanted: string): ValidationError {
  return new ValidationError('names/invalid-name', `Resolve name: found ${found}, wanted ${wanted}`)
}

/** An answer that its system would not give. */
export function badAnswer(action: string, found: string): CodecError {
  return new CodecError('names/bad-answer', `${action}: found ${found}, wanted a proper answer`)
}

/** Any failure as one of ours. */
export function asProtocolError(action: string, cause: unknown): ProtocolError {
  return cause instanceof ProtocolError ? cause : unavailable(action, cause)
}
