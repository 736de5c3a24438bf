// Throw-away identities of both kinds.

import { type Client, createClient } from '../packages/client/src/index.ts'
import { type BackendName, loadCrypto } from '../packages/crypto/src/index.ts'
import {
  authorizationHeader,
  createAuthToken,
  createKeyBundle,
  createLocalSigner,
} from '../packages/identity/src/index.ts'
import type { Transport } from '../packages/transport/src/index.ts'
import { loadPeer } from '../peers/load.ts'
import { plainNetwork } from './plain-network.ts'
import type { MemoryNetwork } from './xmtp-js-network.ts'

/** An account of viem. */
export type BenchAccount = {
  readonly address: `0x${string}`
  signMessage(input: { message: string }): Promise<`0x${string}`>
}

type ViemAccounts = {
  generatePrivateKey(): string
  privateKeyToAccount(key: string): BenchAccount
}

/** The published SDK's client, as far as the benchmarks use it. */
export type SdkClient = {
  readonly address: string
  readonly conversations: {
    newConversation(peer: string): Promise<SdkConversation>
    list(): Promise<SdkConversation[]>
  }
}

/** A conversation of the published SDK. */
export type SdkConversation = {
  readonly conversationVersion: string
  send(content: string): Promise<unknown>
  messages(): Promise<{ content: unknown }[]>
}

type Sdk = {
  readonly Client: { create(signer: object, options: object): Promise<SdkClient> }
}

/** A client of the published SDK with new keys on a network in memory. */
export function sdkClient(network: MemoryNetwork): Promise<SdkClient> {
  return openSdkClient(newAccount(), { apiClientFactory: () => network })
}

/** A client of the published SDK for an account on a node. */
export function sdkClientAt(account: BenchAccount, apiUrl: string): Promise<SdkClient> {
  return openSdkClient(account, { apiUrl, persistConversations: false })
}

function openSdkClient(account: BenchAccount, options: object): Promise<SdkClient> {
  const { Client } = loadPeer<Sdk>('@xmtp/xmtp-js')
  const signer = {
    getAddress: async () => account.address,
    signMessage: (message: string) => account.signMessage({ message }),
  }
  return Client.create(signer, options)
}

/** The same conversation. The published SDK falls back to V1 where it finds no V2 contact, which is another measure. */
export function expectV2(conversation: SdkConversation): SdkConversation {
  if (conversation.conversationVersion === 'v2') return conversation
  throw new Error('the published SDK speaks V1')
}

/** A client of ours with new keys on a network in memory. */
export async function ourClient(
  transport: Transport = plainNetwork(),
  backend?: BackendName | undefined,
): Promise<Client> {
  const crypto = await loadCrypto({ backend })
  return createClient(newAccount(), { transport, crypto })
}

/** An `authorization` header for publishing. */
export async function publishToken(): Promise<string> {
  const crypto = await loadCrypto()
  const signer = createLocalSigner(crypto, crypto.randomBytes(32))
  const nowMs = Date.now()
  const { identityKey } = await createKeyBundle(crypto, { signer, createdMs: nowMs })
  const createdNs = BigInt(nowMs) * 1_000_000n
  return authorizationHeader(createAuthToken(crypto, { identityKey, createdNs }))
}

/** An account with a new key. */
export function newAccount(): BenchAccount {
  const { generatePrivateKey, privateKeyToAccount } = loadPeer<ViemAccounts>('viem/accounts')
  return privateKeyToAccount(generatePrivateKey())
}
