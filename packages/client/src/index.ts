export type { KeyVault } from '@posthorn/keystore'
export type { AutoLock } from './auto-lock.ts'
export { exportBlockList, importBlockList } from './block-list.ts'
export { type CanMessageOptions, canMessage } from './can-message.ts'
export type { CanMessage } from './can-message-by.ts'
export type { Client, ConversationHmacKeys } from './client.ts'
export type { Clock } from './clock.ts'
export type { Consent, ConsentItem, ConsentState } from './consent.ts'
export type {
  Conversation,
  ConversationStreamOptions,
  Message,
  MessagesOptions,
  PreparedMessage,
  ReceivedMessage,
  SendOptions,
  UndecodableMessage,
} from './conversation.ts'
export type { NewConversationOptions } from './conversations.ts'
export {
  type ClientOptions,
  createClient,
  defaultUrl,
  type KeystoreChoice,
} from './create-client.ts'
export type { StreamOptions, StreamState } from './follow.ts'
export type { KeyAlarm, NodesDisagreeAlarm, OnKeyAlarm, OwnKeyAlarm } from './key-alarm.ts'
export type { WalletSource } from './signer-from.ts'
export { signerFrom } from './signer-from.ts'
export type { Stream } from './stream.ts'
export { systemClock } from './system-clock.ts'
export type { OnBeforeSign, SignaturePurpose, SignatureRequest } from './wallet-prompts.ts'
