// What a client is told about a failure; nothing of the cause goes over the wire.

import {
  type GrpcStatus,
  grpcStatus,
  ProtocolError,
  statusOf,
  TransportError,
} from '@posthorn/errors'

/** A failure as the protocols send it. */
export type Failure = {
  readonly status: GrpcStatus
  readonly message: string
  /** Stable code of the error, sent as `x-posthorn-error`. */
  readonly code: string
  readonly retryAfterMs: number | undefined
}

/** Name of the header or trailer that carries an error's stable code. */
export const errorCodeHeader = 'x-posthorn-error'

/** What to tell about an error. Errors that are not ours say nothing of themselves. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ProtocolError)) {
    return {
      status: grpcStatus.internal,
      message: 'Answer request: the node failed, its log says why',
      code: 'internal/unexpected',
      retryAfterMs: undefined,
    }
  }
  const { message, code, retryAfterMs } = error
  return { status: statusOf(error), message, code, retryAfterMs }
}

/** Whether the node itself is at fault, so that its log must say why. */
export function isOurFault(error: unknown): boolean {
  const status = statusOf(error)
  return status === grpcStatus.internal || status === grpcStatus.unavailable
}

/** The client's deadline passed before the answer was there. */
export function deadlineExceeded(): TransportError {
  return new TransportError('transport/timeout', 'Answer request: context deadline exceeded')
}

// One for all: an error costs its stack, and thousands of clients may go at once.
const gone = new TransportError('transport/cancelled', 'Read request: the client has gone')

/** The client went away before the answer was there; only logs ever see it. */
export function clientGone(): TransportError {
  return gone
}
