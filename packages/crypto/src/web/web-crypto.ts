import { UsageError } from '@posthorn/errors'
import type { Crypto } from '../port.ts'
import { platformRandomBytes } from '../random.ts'
import { createWebAead } from './aead.ts'
import { createWebCurve } from './curve.ts'
import { smallHashes } from './small-hashes.ts'

/** Whether the platform has WebCrypto; pages not served over https have only its randomness. */
export function hasWebCrypto(): boolean {
  return globalThis.crypto?.subtle !== undefined
}

/**
 * The back end of browsers: WebCrypto, WebAssembly once loaded, hashes in plain JavaScript.
 *
 * @throws UsageError `crypto/backend-unavailable` without WebCrypto
 */
export function createWebCrypto(): Crypto {
  if (!hasWebCrypto()) {
    throw new UsageError(
      'crypto/backend-unavailable',
      'Load the web back end: found no crypto.subtle, wanted a page served over https or from localhost',
    )
  }
  const { curve, detail, ready } = createWebCurve(platformRandomBytes)
  return {
    name: 'web',
    get detail() {
      return `${detail()}, with WebCrypto and hashes in plain JavaScript`
    },
    curve,
    hash: smallHashes,
    aead: createWebAead(globalThis.crypto.subtle),
    randomBytes: platformRandomBytes,
    ready,
  }
}
