// The browser's edition of the `./verify` entry: names no file of the native back end.

import { backendUnavailable, type LoadCryptoOptions } from './backend-choice.ts'
import { createNobleVerifyCrypto } from './noble/noble-verify-crypto.ts'
import type { VerifyCrypto } from './port.ts'

export type { LoadCryptoOptions } from './backend-choice.ts'
export { personalMessageDigest } from './personal-message.ts'
export type {
  BackendDescription,
  BackendName,
  RecoverableSignature,
  VerifyCrypto,
} from './port.ts'

/**
 * Checks signatures and hashes in plain JavaScript; synchronous once loaded.
 *
 * @throws UsageError `crypto/backend-unavailable` for any back end but `noble`
 */
export async function loadVerifyCrypto(options: LoadCryptoOptions = {}): Promise<VerifyCrypto> {
  const backend = options.backend ?? 'noble'
  if (backend === 'noble') return createNobleVerifyCrypto()
  throw backendUnavailable(backend, ['noble'])
}
