// Options, by the names of the published API. What is meant only for its own insides is taken and not used.

import type { Anything } from './anything.ts'
import type { ApiClient } from './api-client.ts'
import type { XmtpEnv } from './api-urls.ts'
import type { ContentCodec } from './codec.ts'
import type { ContentTypeId } from './content-type-id.ts'
import type { KeystoreProvider } from './keystore-providers.ts'
import type { Persistence } from './persistence.ts'
import type { SortDirection } from './sort-direction.ts'

/** Which network to use, and how. */
export type NetworkOptions = {
  /** Default: `dev`. */
  env: XmtpEnv
  /** Base address of a node; counts before `env`. */
  apiUrl: string | undefined
  /** Name and version of the application. */
  appVersion?: string | undefined
  /** Whether to leave the account's contact on the network as it is. */
  skipContactPublishing: boolean
  /** Has to give an `HttpApiClient` of this package. */
  apiClientFactory: (options: NetworkOptions) => ApiClient
}

/** Which content there may be. */
export type ContentOptions = {
  /** Besides that of text. */
  codecs: ContentCodec<Anything>[]
  /** How far received content may expand, in bytes. */
  maxContentSize: number
}

/** Where the keys are. */
export type KeyStoreOptions = {
  /** Only providers of this package. */
  keystoreProviders: KeystoreProvider[]
  /** Not used: what this client knows is in memory. */
  persistConversations: boolean
  /** Keys that `Client.getKeys` gave; then no wallet is needed. */
  privateKeyOverride?: Uint8Array | undefined
  /** Not used. */
  basePersistence: Persistence
  /** Not used. */
  disablePersistenceEncryption: boolean
  /** Refused when true. */
  useSnaps: boolean
}

/** How the oldest clients find the account. */
export type LegacyOptions = {
  /** Publishes the V1 contact only. */
  publishLegacyContact?: boolean | undefined
}

/** Called before the wallet is asked; the prompt waits. */
export type PreEventCallbackOptions = {
  preCreateIdentityCallback?: (() => Promise<void>) | undefined
  preEnableIdentityCallback?: (() => Promise<void>) | undefined
}

/** All options of a client. */
export type ClientOptions = NetworkOptions &
  KeyStoreOptions &
  ContentOptions &
  LegacyOptions &
  PreEventCallbackOptions

/** Which stored messages to list. */
export type ListMessagesOptions = {
  /** Not used: addresses are always checked. */
  checkAddresses?: boolean | undefined
  /** Inclusive. */
  startTime?: Date | undefined
  /** Inclusive. */
  endTime?: Date | undefined
  limit?: number | undefined
  /** Default: ascending. */
  direction?: SortDirection | undefined
  pageSize?: number | undefined
}

/** Which stored messages to list page by page. */
export type ListMessagesPaginatedOptions = {
  /** Inclusive. */
  startTime?: Date | undefined
  /** Inclusive. */
  endTime?: Date | undefined
  /** Default: 100. */
  pageSize?: number | undefined
  /** Default: descending. */
  direction?: SortDirection | undefined
}

/** How to send. */
export type SendOptions = {
  /** Default: text. */
  contentType?: ContentTypeId | undefined
  /** A number of `Compression`. Used only for sizes that every published reader can expand. */
  compression?: number | undefined
  /** Default: the codec's fallback. */
  contentFallback?: string | undefined
  /** Default: now. */
  timestamp?: Date | undefined
  /** Delivered to who listens, never stored. */
  ephemeral?: boolean | undefined
}
