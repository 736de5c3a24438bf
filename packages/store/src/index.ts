export { type FollowedStore, followSqliteStore } from './follow-sqlite.ts'
export { exportLines, type ImportReport, importLines } from './json-lines.ts'
export { logIdKey } from './log-id.ts'
export { createMemoryStore, type MemoryStoreOptions } from './memory.ts'
export { type MoveProgress, type MoveSource, moveEnvelopes, moveSettings } from './move-store.ts'
export { openPostgresStore, type PostgresStoreOptions } from './postgres.ts'
export type {
  AuditEntry,
  AuditQuery,
  Settings,
  SettingsChange,
  SettingsStore,
  SettingValue,
} from './settings-store.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite.ts'
export type {
  AppendResult,
  EnvelopeStore,
  RangeQuery,
  Store,
  StoreClock,
  StoreCounts,
  StoredEnvelope,
  TailQuery,
} from './store.ts'
export type { Batch, PruneReport, PruneRequest, StoreUpkeep, VerifyReport } from './upkeep.ts'
