export type {
  AppendResult,
  EnvelopeStore,
  RangeQuery,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
