import type { NewOutboxEntry } from './outbox/outbox.ts'
import type {
  CachedName,
  ConsentEntry,
  Draft,
  LocalMessage,
  LocalSetting,
  NewConversation,
  OutboxEntry,
  ProgressMark,
  ReadMark,
} from './records.ts'

/** A message that is not on the network yet, with what will carry it there. */
export type UnsentMessage = NewOutboxEntry & Pick<OutboxEntry, 'state' | 'code'>

/** Any record, as exports carry it. */
export type LocalRecord =
  | { readonly kind: 'conversation'; readonly record: NewConversation }
  | { readonly kind: 'readMark'; readonly record: ReadMark }
  | { readonly kind: 'consent'; readonly record: ConsentEntry }
  | { readonly kind: 'draft'; readonly record: Draft }
  | { readonly kind: 'name'; readonly record: CachedName }
  | { readonly kind: 'progress'; readonly record: ProgressMark }
  | { readonly kind: 'setting'; readonly record: LocalSetting }
  | { readonly kind: 'message'; readonly record: LocalMessage }
  | { readonly kind: 'outbox'; readonly record: UnsentMessage }

/** The kinds in the order in which they can be put again. */
export const recordKinds: readonly LocalRecord['kind'][] = [
  'conversation',
  'readMark',
  'consent',
  'draft',
  'name',
  'progress',
  'setting',
  'message',
  'outbox',
]
