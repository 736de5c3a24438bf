export { createMemoryStore, type MemoryStoreOptions } from './memory.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite.ts'
export type {
  AppendResult,
  EnvelopeStore,
  RangeQuery,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
