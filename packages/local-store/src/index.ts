export { type BackupOptions, backUp, restore } from './backup/backup.ts'
export { exportLines, importLines } from './backup/json-lines.ts'
export type { ChangeChannel, LocalChange } from './changes.ts'
export type { OpenLocalStoreOptions } from './create-local-store.ts'
export type { LocalRecord } from './local-record.ts'
export type {
  AboutQuery,
  ConversationQuery,
  LocalBatch,
  LocalPage,
  LocalStore,
  LocalTotals,
  MessageQuery,
  Persistence,
  PutReport,
  RepairReport,
  SearchQuery,
} from './local-store.ts'
export { openMemoryStore } from './memory.ts'
export type { NewOutboxEntry, Outbox } from './outbox/outbox.ts'
export type { OutboxTimers } from './outbox/patience.ts'
export {
  isPermanentRefusal,
  type OutboxRun,
  type RunOutboxOptions,
  runOutbox,
} from './outbox/run-outbox.ts'
export type {
  CachedName,
  ConsentEntry,
  Draft,
  LastMessage,
  LocalConsentState,
  LocalConversation,
  LocalMessage,
  LocalSetting,
  MessageStatus,
  NewConversation,
  OutboxEntry,
  OutboxEnvelope,
  ProgressMark,
  ReadMark,
  SettingValue,
} from './records.ts'
export { type StoreOwner, storeName } from './store-name.ts'
