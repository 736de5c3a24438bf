// What the tests of the client share: a network in memory, wallets, and clients on it.

import { type Crypto, createNobleCrypto } from '@posthorn/crypto'
import { contactTopic, topicCategory } from '@posthorn/envelope'
import { createLocalSigner, encodeContactBundle, type WalletSigner } from '@posthorn/identity'
import { createKeystore, type Keystore } from '@posthorn/protocol-v2'
import { createMemoryNetwork, type MemoryNetwork } from '@posthorn/transport'
import type { Client } from './client.ts'
import type { Clock } from './clock.ts'
import type { Message } from './conversation.ts'
import { type ClientOptions, createClient } from './create-client.ts'
import { systemClock } from './system-clock.ts'

/** The portable back end: the same on every machine. */
export const crypto: Crypto = createNobleCrypto()

/** A clock whose waits are short. */
export const clock: Clock = {
  nowMs: systemClock.nowMs,
  sleep: (delayMs, options) => systemClock.sleep(Math.min(delayMs, 5), options),
}

/** A wallet that notes the first line of every text it signs. */
export type TestWallet = WalletSigner & { readonly texts: string[] }

/** A wallet of a new account. */
export function wallet(): TestWallet {
  const signer = createLocalSigner(crypto, crypto.randomBytes(32))
  const texts: string[] = []
  return {
    ...signer,
    texts,
    signText: (text) => {
      texts.push(text.split('\n')[0] ?? '')
      return signer.signText(text)
    },
  }
}

/** A network and clients on it. */
export type TestWorld = {
  readonly network: MemoryNetwork
  open(from?: Parameters<typeof createClient>[0], options?: ClientOptions): Promise<Client>
  /** Kinds of the stored envelopes, from a position on. */
  categories(from?: number): string[]
  /** An account that only advertises a V1 contact, as the oldest clients do. */
  openV1Only(): Promise<Keystore>
}

/** Creates an empty world. */
export function createWorld(): TestWorld {
  const network = createMemoryNetwork({ sha256: crypto.hash.sha256 })
  return {
    network,
    open: (from = wallet(), options = {}) =>
      createClient(from, { crypto, clock, transport: network.connect(), ...options }),
    categories: (from = 0) =>
      network.stored.slice(from).map(({ contentTopic }) => topicCategory(contentTopic)),
    openV1Only: async () => {
      const keystore = await createKeystore(crypto, { signer: wallet(), nowMs: clock.nowMs() })
      const { address, keyBundle } = keystore
      const message = encodeContactBundle({ version: 'v1', keyBundle })
      const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
      const envelope = { contentTopic: contactTopic(address), timestampNs, message }
      await network.connect().publish([envelope])
      return keystore
    },
  }
}

/** Contents of messages; undecodable ones show as their code. */
export function contents(messages: readonly Message[]): unknown[] {
  return messages.map((message) => (message.kind === 'message' ? message.content : message.code))
}

/** The first items of a stream, which is left then. */
export async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of stream) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}
