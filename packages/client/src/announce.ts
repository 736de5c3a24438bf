// Announcements: one sender, many recipients.

export { type BroadcastOptions, broadcast } from './announce/broadcast.ts'
export { createMemoryJournal, type Journal } from './announce/journal.ts'
export type { AnnouncementResult, Outcome } from './announce/outcome.ts'
export type { JobOptions } from './announce/run-job.ts'
export { createStoreJournal, type StoreJournalOptions } from './announce/store-journal.ts'
