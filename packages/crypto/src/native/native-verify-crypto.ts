import type { VerifyCrypto } from '../port.ts'
import type { Bindings } from './bindings.ts'
import { nativeCurve } from './curve.ts'
import { nativeHashes } from './hashes.ts'

/** The checking part of the back end of Node; this file reaches no cipher. */
export function createNativeVerifyCrypto(bindings: Bindings | undefined): VerifyCrypto {
  const { curve, detail } = nativeCurve(bindings)
  return { name: 'native', detail, curve, hash: nativeHashes }
}
