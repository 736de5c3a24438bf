// The published V1/V2 SDK, described as far as the checks use it.

import { loadPeer } from '../../peers/load.ts'

export type SdkSigner = {
  getAddress(): Promise<string>
  signMessage(text: string): Promise<string>
}

export type SdkMessage = {
  readonly id: string
  readonly senderAddress: string
  readonly sent: Date
  readonly content: unknown
  readonly contentFallback?: string
  readonly messageVersion: string
}

export type SdkStream<T> = AsyncIterable<T> & {
  next(): Promise<IteratorResult<T>>
  return(): Promise<unknown>
}

export type SdkListOptions = {
  readonly startTime?: Date
  readonly endTime?: Date
  readonly limit?: number
  readonly direction?: number
}

export type SdkSendOptions = {
  readonly compression?: number
  readonly timestamp?: Date
  readonly ephemeral?: boolean
}

export type SdkConversation = {
  readonly conversationVersion: 'v1' | 'v2'
  readonly topic: string
  readonly ephemeralTopic: string
  readonly peerAddress: string
  readonly createdAt: Date
  readonly context?: { conversationId: string; metadata: Record<string, string> }
  readonly consentState: string
  send(content: unknown, options?: SdkSendOptions): Promise<SdkMessage>
  messages(options?: SdkListOptions): Promise<SdkMessage[]>
  messagesPaginated(options?: { pageSize?: number }): AsyncGenerator<SdkMessage[]>
  streamMessages(): Promise<SdkStream<SdkMessage>>
  streamEphemeral(): Promise<SdkStream<SdkMessage>>
}

export type SdkClient = {
  readonly address: string
  readonly contacts: {
    loadConsentList(): Promise<unknown>
    refreshConsentList(): Promise<unknown>
    consentState(address: string): string
    allow(addresses: string[]): Promise<void>
    deny(addresses: string[]): Promise<void>
  }
  readonly conversations: {
    list(): Promise<SdkConversation[]>
    newConversation(
      peer: string,
      context?: { conversationId: string; metadata: Record<string, string> },
    ): Promise<SdkConversation>
    stream(): Promise<SdkStream<SdkConversation>>
    streamAllMessages(): Promise<SdkStream<SdkMessage>>
  }
  canMessage(address: string): Promise<boolean>
  canMessage(addresses: string[]): Promise<boolean[]>
  publishUserContact(legacy?: boolean): Promise<void>
  publishEnvelopes(
    envelopes: { contentTopic: string; message: Uint8Array; timestamp?: Date }[],
  ): Promise<void>
  close(): Promise<void>
}

export type SdkClientOptions = {
  readonly apiUrl?: string
  readonly env?: string
  readonly apiClientFactory?: () => unknown
  readonly privateKeyOverride?: Uint8Array
  readonly publishLegacyContact?: boolean
  readonly skipContactPublishing?: boolean
  readonly persistConversations?: boolean
}

export type Sdk = {
  readonly Client: {
    create(signer: SdkSigner | null, options: SdkClientOptions): Promise<SdkClient>
    getKeys(signer: SdkSigner | null, options: SdkClientOptions): Promise<Uint8Array>
    canMessage(address: string, options: SdkClientOptions): Promise<boolean>
  }
  readonly Compression: { COMPRESSION_DEFLATE: number; COMPRESSION_GZIP: number }
  readonly SortDirection: { SORT_DIRECTION_ASCENDING: number; SORT_DIRECTION_DESCENDING: number }
}

type ViemAccounts = {
  generatePrivateKey(): `0x${string}`
  privateKeyToAccount(key: `0x${string}`): ViemAccount
}

/** A local account of viem: what both SDKs sign with. */
export type ViemAccount = {
  readonly address: `0x${string}`
  signMessage(input: { message: string }): Promise<`0x${string}`>
}

export const sdk: Sdk = loadPeer<Sdk>('@xmtp/xmtp-js')

const { generatePrivateKey, privateKeyToAccount } = loadPeer<ViemAccounts>('viem/accounts')

/** A fresh throw-away account. */
export function newAccount(): ViemAccount {
  return privateKeyToAccount(generatePrivateKey())
}

/** The signer that the published SDK wants, with a count of how often it was asked. */
export function countingSigner(account: ViemAccount): SdkSigner & { readonly prompts: string[] } {
  const prompts: string[] = []
  return {
    prompts,
    getAddress: async () => account.address,
    signMessage: async (text) => {
      prompts.push(text)
      return account.signMessage({ message: text })
    },
  }
}
