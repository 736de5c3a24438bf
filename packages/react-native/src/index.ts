import './install.ts'

export * from '@posthorn/client'
export { type ClientSource, createClient, type ReactNativeOptions } from './create-client.ts'
export { type CreateCryptoOptions, createCrypto } from './create-crypto.ts'
export type { AppStatePort } from './foreground-fetch.ts'
export { createForegroundFetch } from './foreground-fetch.ts'
export type {
  NativeBytes,
  NativeCipher,
  NativeCrypto,
  NativeDecipher,
  NativeDigest,
  NativeEcdh,
} from './native-crypto.ts'
export type { GetRandomValues } from './system-random.ts'
export { createXhrFetch, type NewRequest, type XhrFetchOptions } from './xhr-fetch.ts'
