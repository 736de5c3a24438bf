import { createNobleCrypto } from './noble/noble-crypto.ts'
import type { BackendName, Crypto } from './port.ts'

/** What {@link loadCrypto} takes. */
export type LoadCryptoOptions = {
  /** The back end to use; without it the fastest one of the platform. */
  readonly backend?: BackendName | undefined
}

/** The back end asked for, or the fastest one of the platform. */
export async function loadCrypto(_options: LoadCryptoOptions = {}): Promise<Crypto> {
  return createNobleCrypto()
}
