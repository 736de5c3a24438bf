export {
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
} from './errors.ts'
export { type GrpcStatus, grpcStatus, httpStatusOf, statusOf } from './status.ts'
