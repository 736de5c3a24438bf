import { wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import {
  addPreKey,
  decodePrivateKeyBundle,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  type PrivateKeyBundle,
  verifyPrivateKeyBundle,
} from '@posthorn/identity'

const nsPerMs = 1_000_000n

/**
 * Exported keys with a new pre-key, signed by the same identity key, in front of the older ones, which go on
 * opening what was sealed to them. Always newer than the one before, whatever the clock says.
 *
 * @param nowMs milliseconds since 1970
 * @throws as `decodePrivateKeyBundle` and `verifyPrivateKeyBundle` of identity
 */
export function rotateKeyBundle(
  crypto: Pick<Crypto, 'curve' | 'hash' | 'randomBytes'>,
  exported: Uint8Array,
  nowMs: number,
): Uint8Array {
  const { bundle } = decodePrivateKeyBundle(exported)
  verifyPrivateKeyBundle(crypto, bundle)
  const newestMs = Number(bundle.preKeys[0].public.createdNs / nsPerMs)
  const rotated = addPreKey(crypto, bundle, Math.max(nowMs, newestMs + 1))
  try {
    return encode(rotated)
  } finally {
    for (const { secret } of [rotated.identityKey, ...rotated.preKeys]) wipe(secret)
  }
}

function encode(bundle: PrivateKeyBundle): Uint8Array {
  const isLegacy = [bundle.identityKey, ...bundle.preKeys].every((key) => key.public.isFromLegacy)
  return isLegacy ? encodePrivateKeyBundleV1(bundle) : encodePrivateKeyBundleV2(bundle)
}
