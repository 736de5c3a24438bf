// The public API of xmtp-js 13 over our client: an application changes the name that it imports from.

export type {
  ApiClient,
  Authenticator,
  Envelope,
  OnConnectionLostCallback,
  PublishParams,
  Query,
  QueryAllOptions,
  QueryParams,
  QueryStreamOptions,
  SubscribeCallback,
  SubscribeParams,
  SubscriptionManager,
  UnsubscribeFn,
} from './api-client.ts'
export { ApiUrls, type XmtpEnv } from './api-urls.ts'
export { AuthCache } from './auth-cache.ts'
export { Ciphertext, decrypt, encrypt } from './ciphertext.ts'
export { Client, decodeContent, type GetMessageContentTypeFromClient } from './client.ts'
export type { CodecRegistry, ContentCodec, EncodedContent, ExtractDecodedType } from './codec.ts'
export { Compression } from './compression.ts'
export {
  ConsentListEntry,
  type ConsentListEntryType,
  type ConsentState,
} from './consent-list-entry.ts'
export type { ConsentProofPayload } from './consent-proof.ts'
export { Contacts, type PrivatePreferencesAction } from './contacts.ts'
export { ContentTypeId } from './content-type-id.ts'
export type { Conversation, InvitationContext } from './conversation.ts'
export { ConversationV1 } from './conversation-v1.ts'
export { ConversationV2 } from './conversation-v2.ts'
export { Conversations } from './conversations.ts'
export { dateToNs, fromNanoString, nsToDate, toNanoString } from './dates.ts'
export { DecodedMessage } from './decoded-message.ts'
export {
  exportHmacKey,
  generateHmacSignature,
  hkdfHmacKey,
  importHmacKey,
  verifyHmacSignature,
} from './hmac.ts'
export { HttpApiClient } from './http-api-client.ts'
export { decodeContactBundle, PublicKeyBundle, SignedPublicKeyBundle } from './key-bundles.ts'
export {
  defaultKeystoreProviders,
  KeyGeneratorKeystoreProvider,
  type KeystoreProvider,
  NetworkKeystoreProvider,
  StaticKeystoreProvider,
} from './keystore-providers.ts'
export { mapPaginatedStream } from './map-paginated-stream.ts'
export type {
  ClientOptions,
  ContentOptions,
  KeyStoreOptions,
  LegacyOptions,
  ListMessagesOptions,
  ListMessagesPaginatedOptions,
  NetworkOptions,
  SendOptions,
} from './options.ts'
export {
  BrowserStoragePersistence,
  InMemoryPersistence,
  type Persistence,
  PrefixedPersistence,
} from './persistence.ts'
export { PreparedMessage } from './prepared-message.ts'
export { retry } from './retry.ts'
export type { Signer, Wallet } from './signer.ts'
export { SortDirection } from './sort-direction.ts'
export { Stream } from './stream.ts'
export { ContentTypeText, TextCodec } from './text-codec.ts'
export {
  buildContentTopic,
  buildDirectMessageTopic,
  buildDirectMessageTopicV2,
  buildUserContactTopic,
  buildUserIntroTopic,
  buildUserInviteTopic,
  buildUserPrivateStoreTopic,
} from './topics.ts'
