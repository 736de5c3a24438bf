// Errors on their way over a port: family, code and words. Causes and stacks stay where they are.

import {
  AdmissionError,
  CodecError,
  type ErrorDetails,
  type ErrorOptions,
  InternalError,
  NotFoundError,
  ProtocolError,
  StorageError,
  TransportError,
  UsageError,
  ValidationError,
  VerificationError,
} from '@posthorn/errors'

/** An error as it travels. */
export type ErrorFields = {
  readonly family: string
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
  readonly retryAfterMs: number | undefined
}

type ErrorConstructor = new (code: string, message: string, options?: ErrorOptions) => ProtocolError

const families: Readonly<Record<string, ErrorConstructor>> = {
  AdmissionError,
  CodecError,
  InternalError,
  NotFoundError,
  StorageError,
  TransportError,
  UsageError,
  ValidationError,
  VerificationError,
}

/** The fields of whatever was thrown. */
export function errorFields(error: unknown): ErrorFields {
  const { name, code, message, details, retryAfterMs } =
    error instanceof ProtocolError ? error : failed('found a failure without a name')
  return { family: name, code, message, details, retryAfterMs }
}

/** The error of fields, whatever they are. */
export function errorOf(fields: unknown): ProtocolError {
  const { family, code, message, details, retryAfterMs } = { ...(fields as Partial<ErrorFields>) }
  const Family = Object.hasOwn(families, String(family)) ? families[String(family)] : undefined
  if (Family === undefined || typeof code !== 'string' || typeof message !== 'string') {
    return failed('found an answer that is none')
  }
  const wait = typeof retryAfterMs === 'number' ? { retryAfterMs } : {}
  return new Family(code, message, { details: details ?? {}, ...wait })
}

function failed(found: string): InternalError {
  return new InternalError('keystore/failed', `Use remote keystore: ${found}`)
}
