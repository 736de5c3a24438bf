import type { Crypto } from '../port.ts'
import { platformRandomBytes } from '../random.ts'
import { nativeAead } from './aead.ts'
import type { Bindings } from './bindings.ts'
import { nativeCurve } from './curve.ts'
import { nativeHashes } from './hashes.ts'

/** The back end of Node; without bindings its curve is plain JavaScript, and `detail` says so. */
export async function createNativeCrypto(bindings: Bindings | undefined): Promise<Crypto> {
  const { curve, detail } = await nativeCurve(bindings)
  return {
    name: 'native',
    detail,
    curve,
    hash: nativeHashes,
    aead: nativeAead,
    randomBytes: platformRandomBytes,
    ready: Promise.resolve(),
  }
}
