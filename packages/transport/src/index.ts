export type { Direction, Envelope, TimeCursor } from '@posthorn/envelope'
export { createJsonTransport, type JsonTransportOptions } from './http-json.ts'
export { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from './memory.ts'
export type { NodeAddress } from './node-address.ts'
export { type BackOff, isRetryable, type RetryOptions, retryDelayMs, withRetry } from './retry.ts'
export type { Timers } from './timers.ts'
export type {
  CallOptions,
  LiveEnvelope,
  LogMark,
  LogPosition,
  QueryPage,
  QueryRequest,
  SubscribeOptions,
  Transport,
} from './transport.ts'
export { clientVersion } from './version.ts'
