// What a node's refusal means to a client: gRPC status or HTTP status in, one error of our families out.

import {
  AdmissionError,
  type ErrorOptions,
  type GrpcStatus,
  grpcStatus,
  NotFoundError,
  type ProtocolError,
  StorageError,
  TransportError,
  ValidationError,
  VerificationError,
} from '@posthorn/errors'

/** A node's refusal as read from the wire. */
export type Refusal = {
  /** gRPC status; undefined when the reply carried none, as an HTML page of a proxy does. */
  readonly status?: number | undefined
  /** HTTP status of the reply; 200 for an error inside a stream. */
  readonly httpStatus: number
  /** The node's words. */
  readonly message: string
  readonly retryAfterMs?: number | undefined
}

type ErrorConstructor = new (code: string, message: string, options?: ErrorOptions) => ProtocolError

const errorByStatus: Readonly<Partial<Record<GrpcStatus, readonly [ErrorConstructor, string]>>> = {
  [grpcStatus.cancelled]: [TransportError, 'transport/unavailable'],
  [grpcStatus.invalidArgument]: [ValidationError, 'transport/invalid-argument'],
  [grpcStatus.deadlineExceeded]: [TransportError, 'transport/timeout'],
  [grpcStatus.notFound]: [NotFoundError, 'transport/not-found'],
  [grpcStatus.alreadyExists]: [StorageError, 'transport/conflict'],
  [grpcStatus.permissionDenied]: [AdmissionError, 'transport/permission-denied'],
  [grpcStatus.resourceExhausted]: [AdmissionError, 'rate/exceeded'],
  [grpcStatus.failedPrecondition]: [ValidationError, 'transport/failed-precondition'],
  [grpcStatus.aborted]: [StorageError, 'transport/conflict'],
  [grpcStatus.outOfRange]: [ValidationError, 'transport/invalid-argument'],
  [grpcStatus.unimplemented]: [NotFoundError, 'transport/unimplemented'],
  [grpcStatus.unavailable]: [TransportError, 'transport/unavailable'],
  [grpcStatus.unauthenticated]: [VerificationError, 'transport/unauthenticated'],
}

const statusByHttp: Readonly<Record<number, GrpcStatus>> = {
  400: grpcStatus.invalidArgument,
  401: grpcStatus.unauthenticated,
  403: grpcStatus.permissionDenied,
  404: grpcStatus.notFound,
  408: grpcStatus.unavailable,
  409: grpcStatus.aborted,
  413: grpcStatus.invalidArgument,
  429: grpcStatus.resourceExhausted,
  501: grpcStatus.unimplemented,
  502: grpcStatus.unavailable,
  503: grpcStatus.unavailable,
  504: grpcStatus.deadlineExceeded,
}

// A node that fails inside is trouble on the way, not a bug of this client.
const nodeFailed: readonly [ErrorConstructor, string] = [TransportError, 'transport/node-failed']
const maxMessageCharacters = 300

/** The error that a refusal stands for; `action` starts its message, for instance `Publish`. */
export function refusalError(action: string, refusal: Refusal): ProtocolError {
  const status = refusal.status ?? statusOfHttp(refusal.httpStatus)
  const [Family, code] = errorByStatus[status as GrpcStatus] ?? nodeFailed
  const words = printable(refusal.message)
  return new Family(code, `${action}: the node answered status ${status}: ${words}`, {
    details: { status, httpStatus: refusal.httpStatus },
    ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
  })
}

function statusOfHttp(httpStatus: number): GrpcStatus {
  const known = statusByHttp[httpStatus]
  if (known !== undefined) return known
  return httpStatus >= 400 && httpStatus < 500 ? grpcStatus.invalidArgument : grpcStatus.unknown
}

// The node's words go into logs: one line, bounded, no control characters.
function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  if (line === '') return 'no message'
  return line.length > maxMessageCharacters ? `${line.slice(0, maxMessageCharacters)}…` : line
}
