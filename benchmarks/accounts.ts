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

type Account = {
  readonly address: string
  signMessage(input: { message: string }): Promise<string>
}

type ViemAccounts = {
  generatePrivateKey(): string
  privateKeyToAccount(key: string): Account
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
  send(content: string): Promise<unknown>
  messages(): Promise<{ content: unknown }[]>
}

type Sdk = {
  readonly Client: { create(signer: object, options: object): Promise<SdkClient> }
}

/** A client of the published SDK with new keys on a network in memory. */
export async function sdkClient(network: MemoryNetwork): Promise<SdkClient> {
  const { Client } = loadPeer<Sdk>('@xmtp/xmtp-js')
  const account = newAccount()
  const signer = {
    getAddress: async () => account.address,
    signMessage: (message: string) => account.signMessage({ message }),
  }
  return Client.create(signer, { apiClientFactory: () => network })
}

/** A client of ours with new keys on a network in memory. */
export async function ourClient(
  transport: Transport = plainNetwork(),
  backend?: BackendName | undefined,
): Promise<Client> {
  const crypto = await loadCrypto({ backend })
  return createClient(newAccount() as Parameters<typeof createClient>[0], { transport, crypto })
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

function newAccount(): Account {
  const { generatePrivateKey, privateKeyToAccount } = loadPeer<ViemAccounts>('viem/accounts')
  return privateKeyToAccount(generatePrivateKey())
}
