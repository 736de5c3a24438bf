export type {
  CallOptions,
  QueryPage,
  QueryRequest,
  SubscribeOptions,
  Transport,
} from './transport.ts'
