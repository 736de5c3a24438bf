import { backendUnavailable, type LoadCryptoOptions } from './backend-choice.ts'
import { createNobleCrypto } from './noble/noble-crypto.ts'
import type { BackendName, Crypto } from './port.ts'
import { isNode } from './runtime.ts'
import { createWebCrypto, hasWebCrypto } from './web/web-crypto.ts'

/**
 * The back end asked for, or the fastest one of the platform: native in Node, web where there is
 * WebCrypto, noble elsewhere.
 *
 * @throws UsageError `crypto/backend-unavailable`
 */
export async function loadCrypto(options: LoadCryptoOptions = {}): Promise<Crypto> {
  const backend = options.backend ?? fastest()
  switch (backend) {
    case 'native':
      return await loadNative()
    case 'web':
      return createWebCrypto()
    case 'noble':
      return createNobleCrypto()
    default:
      throw backendUnavailable(backend, ['native', 'web', 'noble'])
  }
}

function fastest(): BackendName {
  if (isNode()) return 'native'
  return hasWebCrypto() ? 'web' : 'noble'
}

async function loadNative(): Promise<Crypto> {
  if (!isNode()) throw backendUnavailable('native', ['web', 'noble'])
  const [{ createNativeCrypto }, { loadBindings }] = await Promise.all([
    import('./native/native-crypto.ts'),
    import('./native/bindings.ts'),
  ])
  return createNativeCrypto(loadBindings())
}
