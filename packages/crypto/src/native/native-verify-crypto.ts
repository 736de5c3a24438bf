import type { VerifyCrypto } from '../port.ts'
import type { Bindings } from './bindings.ts'
import { nativeCurve } from './curve.ts'
import { nativeHashes } from './hashes.ts'

/** The checking part of the back end of Node; this file reaches no cipher. */
export async function createNativeVerifyCrypto(
  bindings: Bindings | undefined,
): Promise<VerifyCrypto> {
  const { curve, detail } = await nativeCurve(bindings)
  return { name: 'native', detail, curve, hash: nativeHashes }
}
