// The program of React Native: its client, its back ends, randomness that is given to it. Where the engine has
// XMLHttpRequest the messages go over a node, and else over a network in memory.

import type { Crypto } from '@posthorn/crypto'
import { createClient, createCrypto, type GetRandomValues } from '@posthorn/react-native'
import { createMemoryNetwork } from '@posthorn/transport'
import { measure } from './figures.ts'
import { exchangeMessages, type MessagesOptions } from './messages.ts'
import type { Report } from './report.ts'
import { checkVectors } from './vectors.ts'

/** What the program is given. */
export type ReactNativeProgramOptions = {
  readonly vectors: readonly string[]
  readonly getRandomValues: GetRandomValues
  readonly node?: { readonly url: string; readonly cutUrl: string } | undefined
}

/** Checks the platform. */
export async function runReactNative(options: ReactNativeProgramOptions): Promise<Report> {
  const crypto = createCrypto(options)
  const { results: vectors, leftOut } = await checkVectors(crypto, options.vectors)
  const messages = await exchangeMessages(networkOf(crypto, options))
  return { results: [...vectors, ...messages], backends: [await measure(crypto)], leftOut }
}

function networkOf(
  { randomBytes, hash }: Crypto,
  { node, getRandomValues }: ReactNativeProgramOptions,
): MessagesOptions {
  if (node === undefined) {
    const network = createMemoryNetwork({ sha256: hash.sha256 })
    return {
      connect: (privateKey) =>
        createClient(privateKey, { transport: network.connect(), getRandomValues }),
      randomBytes,
      cut: async () => network.dropStreams(),
    }
  }
  return {
    connect: (privateKey) => createClient(privateKey, { url: node.url, getRandomValues }),
    randomBytes,
    cut: async () => {
      await fetch(node.cutUrl, { method: 'POST' })
    },
  }
}
