// identity: a private bundle -> its keys, what the wallet signed, and every public form.

import { nsToMs, toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import {
  addPreKey,
  createIdentityText,
  createKeyBundle,
  encodeContactBundle,
  encodeKeyBundleV1,
  encodeKeyBundleV2,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  type PrivateKey,
  type PrivateKeyBundle,
  publicKeyBundleOf,
  publicKeyToWireV1,
  type WalletSigner,
} from '@posthorn/identity'
import { encode, PublicKey } from '@posthorn/wire'
import type { Checker, Facts } from '../checker.ts'
import { bytesField, type Fields } from '../fields.ts'
import { readParty } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

/** Checks identities. */
export const identity: Checker = {
  async compute({ crypto, input }) {
    const { bundle, form, signer, address } = readParty(crypto, input)
    const given = bytesField(input, 'private_key_bundle')
    const isNative = form === 'v2'
    if (isNative) requireReproduced('private bundle', encodePrivateKeyBundleV2(bundle), given)
    else requireReproduced('private bundle', await createAgain(crypto, signer, bundle), given)
    const { keyBytes, publicKey, createdNs, isFromLegacy } = bundle.identityKey.public
    const text = createIdentityText(keyBytes)
    return {
      identity_private_key: toHex(bundle.identityKey.secret),
      identity_public_key: toHex(publicKey),
      identity_created_ns: `${createdNs}`,
      identity_key_bytes_signed_by_wallet: toHex(keyBytes),
      create_identity_text: text,
      create_identity_signature: toHex(await signer.signText(text)),
      from_legacy: isFromLegacy,
      wallet_address_from_bundle: address,
      signed_public_key_bundle: toHex(encodeKeyBundleV2(publicKeyBundleOf(bundle))),
      contact_bundle_v2: contactBundle(bundle, 'v2'),
      private_key_bundle_v2: toHex(encodePrivateKeyBundleV2(bundle)),
      ...(isNative ? {} : legacyFacts(bundle)),
    }
  },
}

function legacyFacts(bundle: PrivateKeyBundle): Facts {
  return {
    identity_created_ms: `${nsToMs(bundle.identityKey.public.createdNs)}`,
    pre_keys: bundle.preKeys.map(preKeyFacts),
    public_key_bundle: toHex(encodeKeyBundleV1(publicKeyBundleOf(bundle))),
    contact_bundle_v1: contactBundle(bundle, 'v1'),
  }
}

function preKeyFacts(key: PrivateKey): Fields {
  return {
    private_key: toHex(key.secret),
    public_key_message: toHex(encode(PublicKey, publicKeyToWireV1(key.public))),
    bytes_signed_by_identity: toHex(key.public.keyBytes),
    signature_compact: toHex(key.public.signature.compact),
    recovery: key.public.signature.recovery,
  }
}

function contactBundle(bundle: PrivateKeyBundle, version: 'v1' | 'v2'): string {
  return toHex(encodeContactBundle({ version, keyBundle: publicKeyBundleOf(bundle) }))
}

// Makes the bundle as it was made: with its secrets for randomness and its times for the clock. The first
// pre-key may be younger than the identity key, so the one that comes with the identity gives way to it.
async function createAgain(
  crypto: Crypto,
  signer: WalletSigner,
  bundle: PrivateKeyBundle,
): Promise<Uint8Array> {
  const { identityKey, preKeys } = bundle
  const oldestFirst = [...preKeys].reverse()
  const draws = [identityKey, preKeys[0], ...oldestFirst].map((key) => key.secret)
  const scripted = withRandomness(crypto, draws)
  const createdMs = nsToMs(identityKey.public.createdNs)
  let made = await createKeyBundle(scripted, { signer, createdMs })
  for (const key of oldestFirst) made = addPreKey(scripted, made, nsToMs(key.public.createdNs))
  const [current, ...older] = made.preKeys
  return encodePrivateKeyBundleV1({ ...made, preKeys: [current, ...older.slice(0, -1)] })
}
