// A client set up for React Native: no polyfills, streams over XMLHttpRequest, randomness of the application.

import { type Client, type ClientOptions, createClient as createAnywhere } from '@posthorn/client'
import type { Crypto } from '@posthorn/crypto'
import { createCrypto } from './create-crypto.ts'
import { type AppStatePort, createForegroundFetch } from './foreground-fetch.ts'
import type { NativeCrypto } from './native-crypto.ts'
import type { GetRandomValues } from './system-random.ts'
import { createXhrFetch } from './xhr-fetch.ts'

/** Options of {@link createClient}: those of every client, and what React Native leaves to the application. */
export type ReactNativeOptions = ClientOptions & {
  /** Of expo-crypto; default: the global one that react-native-get-random-values installs. */
  readonly getRandomValues?: GetRandomValues | undefined
  /** The module react-native-quick-crypto, which makes opening conversations many times faster. */
  readonly nativeCrypto?: NativeCrypto | undefined
  /** React Native's `AppState`: streams rest in the background, and catch up on return. */
  readonly appState?: AppStatePort | undefined
}

/** What {@link createClient} takes as its first argument. */
export type ClientSource = Parameters<typeof createAnywhere>[0]

/**
 * A client of the account of a wallet, as `createClient` of `@posthorn/client` makes it.
 *
 * @throws UsageError `react-native/no-randomness`; and what `createClient` of `@posthorn/client` throws
 * @example
 * const alice = await createClient(wallet, { url: 'https://node.example', getRandomValues })
 */
export async function createClient(
  from: ClientSource,
  options: ReactNativeOptions = {},
): Promise<Client> {
  const crypto: Crypto = options.crypto ?? createCrypto(options)
  const send = options.fetch ?? streamingFetch()
  const { appState } = options
  const fetch = appState && send ? createForegroundFetch(appState, send) : send
  return createAnywhere(from, { ...options, crypto, fetch })
}

// Undefined leaves the choice to the transport, which may be one without fetch.
function streamingFetch(): typeof fetch | undefined {
  return typeof XMLHttpRequest === 'function'
    ? createXhrFetch(() => new XMLHttpRequest())
    : undefined
}
