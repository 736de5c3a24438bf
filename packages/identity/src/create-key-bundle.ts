// Making identities. Keys are made in the V1 form, which has a V2 form as well.

import type { Crypto } from '@posthorn/crypto'
import { askWallet } from './ask-wallet.ts'
import type { PrivateKey } from './private-key.ts'
import { secretBytes } from './private-key.ts'
import type { PrivateKeyBundle } from './private-key-bundle.ts'
import { unsignedKey } from './public-key.ts'
import { parseWalletSignature } from './signature.ts'
import { createIdentityText } from './signature-text.ts'
import type { WalletSigner } from './wallet-signer.ts'

/** What making keys takes. */
export type CreateKeyCrypto = Pick<Crypto, 'curve' | 'hash' | 'randomBytes'>

/** What {@link createKeyBundle} takes. */
export type CreateKeyBundleOptions = {
  readonly signer: WalletSigner
  /** Now, in milliseconds since 1970. */
  readonly createdMs: number
}

/**
 * A new identity with one pre-key. Asks the wallet for one signature, over the Create text.
 *
 * @throws VerificationError `identity/not-signed-by-wallet`, and the other codes of asking a wallet;
 * UsageError `identity/bad-time`
 */
export async function createKeyBundle(
  crypto: CreateKeyCrypto,
  { signer, createdMs }: CreateKeyBundleOptions,
): Promise<PrivateKeyBundle> {
  const secret = createSecret(crypto)
  const unsigned = unsignedKey(crypto.curve.publicKey(secret), createdMs)
  const bytes = await askWallet(crypto, signer, createIdentityText(unsigned.keyBytes))
  const identityKey = { secret, public: { ...unsigned, signature: parseWalletSignature(bytes) } }
  return { identityKey, preKeys: [createPreKey(crypto, identityKey, createdMs)] }
}

/**
 * The bundle with a new current pre-key in front of its older ones.
 *
 * @throws UsageError `identity/bad-time`
 */
export function addPreKey(
  crypto: CreateKeyCrypto,
  bundle: PrivateKeyBundle,
  createdMs: number,
): PrivateKeyBundle {
  const preKey = createPreKey(crypto, bundle.identityKey, createdMs)
  return { identityKey: bundle.identityKey, preKeys: [preKey, ...bundle.preKeys] }
}

function createPreKey(
  crypto: CreateKeyCrypto,
  identityKey: PrivateKey,
  createdMs: number,
): PrivateKey {
  const secret = createSecret(crypto)
  const unsigned = unsignedKey(crypto.curve.publicKey(secret), createdMs)
  const digest = crypto.hash.sha256(unsigned.keyBytes)
  const signature = crypto.curve.sign(digest, identityKey.secret)
  return { secret, public: { ...unsigned, signature } }
}

function createSecret(crypto: CreateKeyCrypto): Uint8Array {
  for (;;) {
    const secret = crypto.randomBytes(secretBytes)
    if (crypto.curve.isPrivateKey(secret)) return secret
  }
}
