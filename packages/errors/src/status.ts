// One table from error families to gRPC and HTTP statuses.

import {
  AdmissionError,
  CodecError,
  NotFoundError,
  ProtocolError,
  StorageError,
  TransportError,
  UsageError,
  ValidationError,
  VerificationError,
} from './errors.ts'

/** gRPC status codes by name. */
export const grpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const

/** A gRPC status code, 0 to 16. */
export type GrpcStatus = (typeof grpcStatus)[keyof typeof grpcStatus]

// As the gRPC gateway maps them (grpc-gateway runtime, HTTPStatusFromCode).
const httpByGrpc: Readonly<Record<GrpcStatus, number>> = {
  0: 200,
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
}

// Codes whose status differs from their family's.
const statusByCode: Readonly<Record<string, GrpcStatus>> = {
  'api/message-too-large': grpcStatus.resourceExhausted,
  'api/not-found': grpcStatus.notFound,
  'api/method-not-allowed': grpcStatus.unimplemented,
  'api/unimplemented': grpcStatus.unimplemented,
  'stream/too-far-behind': grpcStatus.aborted,
  'transport/timeout': grpcStatus.deadlineExceeded,
  'transport/cancelled': grpcStatus.cancelled,
}

/** The gRPC status that stands for an error. Errors that are not ours are `internal`. */
export function statusOf(error: unknown): GrpcStatus {
  if (!(error instanceof ProtocolError)) return grpcStatus.internal
  const special = statusByCode[error.code]
  if (special !== undefined) return special
  if (error instanceof CodecError || error instanceof ValidationError)
    return grpcStatus.invalidArgument
  if (error instanceof UsageError) return grpcStatus.failedPrecondition
  if (error instanceof VerificationError) return grpcStatus.unauthenticated
  if (error instanceof NotFoundError) return grpcStatus.notFound
  if (error instanceof AdmissionError) return admissionStatus(error)
  if (error instanceof TransportError) return grpcStatus.unavailable
  if (error instanceof StorageError) return grpcStatus.unavailable
  return grpcStatus.internal
}

/** The HTTP status that a JSON gateway answers for a gRPC status. */
export function httpStatusOf(status: GrpcStatus): number {
  return httpByGrpc[status]
}

function admissionStatus(error: AdmissionError): GrpcStatus {
  return error.code.startsWith('rate/') ? grpcStatus.resourceExhausted : grpcStatus.permissionDenied
}
