// React Native's choice: its engine has neither WebCrypto nor WebAssembly, and its bundler cannot leave a
// file out for later. A faster back end is made by @posthorn/react-native from what the application brings.

import { backendUnavailable, type LoadCryptoOptions } from './backend-choice.ts'
import { createNobleCrypto } from './noble/noble-crypto.ts'
import type { Crypto } from './port.ts'

/** The plain JavaScript back end. @throws UsageError `crypto/backend-unavailable` for any other */
export async function loadCrypto(options: LoadCryptoOptions = {}): Promise<Crypto> {
  const backend = options.backend ?? 'noble'
  if (backend !== 'noble') throw backendUnavailable(backend, ['noble'])
  return createNobleCrypto()
}
