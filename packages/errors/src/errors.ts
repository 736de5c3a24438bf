// One base, nine families. The family says whose fault it is; the code is API and never changes.

/** Log-safe facts about a failure: never keys, plaintext, full addresses or topics. */
export type ErrorDetails = Readonly<Record<string, string | number | bigint | boolean>>

/** What an error may carry besides its code and message. */
export type ErrorOptions = {
  /** The failure beneath; kept for local logs, never sent over the wire. */
  readonly cause?: unknown
  readonly details?: ErrorDetails
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs?: number
}

/**
 * Base of every error that Posthorn throws; only its families are thrown.
 * Messages read: attempted action, colon, what was found and what was wanted; no full stop; safe to log.
 */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
  /** Stable identifier of the form `package/what-happened`. */
  readonly code: string
  readonly details: ErrorDetails
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }
}

/** The caller misused the API. */
export class UsageError extends ProtocolError {
  override readonly name = 'UsageError'
}

/** Bytes or text are not what they claim to be. */
export class CodecError extends ProtocolError {
  override readonly name = 'CodecError'
}

/** Well-formed, but it breaks a rule. */
export class ValidationError extends ProtocolError {
  override readonly name = 'ValidationError'
}

/** A signature, MAC, AEAD tag or chain of keys does not hold. */
export class VerificationError extends ProtocolError {
  override readonly name = 'VerificationError'
}

/** The peer or thing is not there. */
export class NotFoundError extends ProtocolError {
  override readonly name = 'NotFoundError'
}

/** The network refuses this sender now. */
export class AdmissionError extends ProtocolError {
  override readonly name = 'AdmissionError'
}

/** Network trouble; trying again may help. */
export class TransportError extends ProtocolError {
  override readonly name = 'TransportError'
}

/** Disk or database trouble. */
export class StorageError extends ProtocolError {
  override readonly name = 'StorageError'
}

/** A bug of ours. */
export class InternalError extends ProtocolError {
  override readonly name = 'InternalError'
}
