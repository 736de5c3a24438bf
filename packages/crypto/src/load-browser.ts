// The browser's choice: names no file of the native back end, so that bundles stay free of it.

import { backendUnavailable, type LoadCryptoOptions } from './backend-choice.ts'
import { keyedHashes } from './keyed-hashes.ts'
import { assembleNobleCrypto } from './noble/assemble.ts'
import type { Crypto } from './port.ts'
import { strictAead } from './strict-aead.ts'
import { strictCurve } from './strict-curve.ts'
import { createWebCrypto, hasWebCrypto } from './web/web-crypto.ts'

/**
 * The back end asked for, or the fastest one of the platform: web where there is WebCrypto, else noble.
 *
 * @throws UsageError `crypto/backend-unavailable`
 */
export async function loadCrypto(options: LoadCryptoOptions = {}): Promise<Crypto> {
  const backend = options.backend ?? (hasWebCrypto() ? 'web' : 'noble')
  if (backend === 'web') return createWebCrypto()
  if (backend === 'noble') return await loadNoble()
  throw backendUnavailable(backend, ['web', 'noble'])
}

// Its parts are downloads of their own, which pages with WebCrypto never need. They are named here and not
// in `createNobleCrypto`: bundlers keep a file that an entry exports in the first download. The rules around
// them are in the first download anyway, and a download that shared them would split it.
async function loadNoble(): Promise<Crypto> {
  const [{ nobleArithmetic }, { nobleCipher }, { nobleDigests }] = await Promise.all([
    import('./noble/arithmetic.ts'),
    import('./noble/cipher.ts'),
    import('./noble/digests.ts'),
  ])
  return assembleNobleCrypto({
    curve: strictCurve(nobleArithmetic),
    aead: strictAead(nobleCipher),
    hash: { ...nobleDigests, ...keyedHashes(nobleDigests.sha256) },
  })
}
