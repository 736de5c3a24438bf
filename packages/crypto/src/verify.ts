// What a node may hold: checking signatures and hashing. Nothing reachable from here can decrypt.

import { backendUnavailable, type LoadCryptoOptions } from './backend-choice.ts'
import type { VerifyCrypto } from './port.ts'
import { isNode } from './runtime.ts'

export type { LoadCryptoOptions } from './backend-choice.ts'
export { personalMessageDigest } from './personal-message.ts'
export type {
  BackendDescription,
  BackendName,
  RecoverableSignature,
  VerifyCrypto,
} from './port.ts'

/**
 * Checks signatures and hashes, by native code in Node and plain JavaScript elsewhere; synchronous
 * once loaded.
 *
 * @throws UsageError `crypto/backend-unavailable` for `web`
 */
export async function loadVerifyCrypto(options: LoadCryptoOptions = {}): Promise<VerifyCrypto> {
  const backend = options.backend ?? (isNode() ? 'native' : 'noble')
  if (backend === 'native' && isNode()) return await loadNative()
  if (backend === 'noble') return await loadNoble()
  throw backendUnavailable(backend, isNode() ? ['native', 'noble'] : ['noble'])
}

async function loadNoble(): Promise<VerifyCrypto> {
  const { createNobleVerifyCrypto } = await import('./noble/noble-verify-crypto.ts')
  return createNobleVerifyCrypto()
}

async function loadNative(): Promise<VerifyCrypto> {
  const [{ createNativeVerifyCrypto }, { loadBindings }] = await Promise.all([
    import('./native/native-verify-crypto.ts'),
    import('./native/bindings.ts'),
  ])
  return createNativeVerifyCrypto(loadBindings())
}
