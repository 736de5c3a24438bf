import { describe, expect, test } from 'vitest'
import {
  AdmissionError,
  CodecError,
  grpcStatus,
  httpStatusOf,
  InternalError,
  NotFoundError,
  ProtocolError,
  StorageError,
  statusOf,
  TransportError,
  UsageError,
  ValidationError,
  VerificationError,
} from './index.ts'

describe('statusOf', () => {
  test.each([
    [new CodecError('a/b', ''), grpcStatus.invalidArgument, 400],
    [new ValidationError('a/b', ''), grpcStatus.invalidArgument, 400],
    [new VerificationError('a/b', ''), grpcStatus.unauthenticated, 401],
    [new NotFoundError('a/b', ''), grpcStatus.notFound, 404],
    [new AdmissionError('postage/not-allowed', ''), grpcStatus.permissionDenied, 403],
    [new AdmissionError('rate/exceeded', ''), grpcStatus.resourceExhausted, 429],
    [new TransportError('transport/unavailable', ''), grpcStatus.unavailable, 503],
    [new TransportError('transport/timeout', ''), grpcStatus.deadlineExceeded, 504],
    [new StorageError('store/unavailable', ''), grpcStatus.unavailable, 503],
    [new AdmissionError('stream/too-far-behind', ''), grpcStatus.aborted, 409],
    [new UsageError('client/closed', ''), grpcStatus.failedPrecondition, 400],
    [new InternalError('internal/unreachable', ''), grpcStatus.internal, 500],
    [new ValidationError('api/method-not-allowed', ''), grpcStatus.unimplemented, 501],
    [new RangeError('not ours'), grpcStatus.internal, 500],
  ])('%o has its gRPC and HTTP status', (error, grpc, http) => {
    expect(statusOf(error)).toBe(grpc)
    expect(httpStatusOf(statusOf(error))).toBe(http)
  })
})

describe('ProtocolError', () => {
  test('default: carries code, details, cause and the wait before another try', () => {
    const cause = new RangeError('beneath')
    const error = new AdmissionError('rate/exceeded', 'Publish: too fast', {
      cause,
      details: { limit: 5 },
      retryAfterMs: 250,
    })
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({
      name: 'AdmissionError',
      code: 'rate/exceeded',
      details: { limit: 5 },
      retryAfterMs: 250,
      cause,
    })
  })
})
