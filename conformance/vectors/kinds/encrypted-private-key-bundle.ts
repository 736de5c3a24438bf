// encrypted_private_key_bundle: a wallet and a record of its private store topic -> the keys inside.

import { toHex } from '@posthorn/bytes'
import { type Crypto, decryptHkdfAesGcm, type HkdfAesGcmCiphertext } from '@posthorn/crypto'
import { privateStoreTopic } from '@posthorn/envelope'
import { CodecError } from '@posthorn/errors'
import {
  enableIdentityText,
  encodePrivateKeyBundleV1,
  openKeyBundleRecord,
  sealKeyBundleRecord,
} from '@posthorn/identity'
import { decode, EncryptedPrivateKeyBundle, EncryptedPrivateKeyBundleV1 } from '@posthorn/wire'
import type { Checker } from '../checker.ts'
import { bytesField, textField } from '../fields.ts'
import { readWallet } from '../party.ts'
import { requireReproduced, withRandomness } from '../reproduce.ts'

type Parts = { readonly walletPreKey: Uint8Array; readonly ciphertext: HkdfAesGcmCiphertext }

/** Checks records of private store topics. */
export const encryptedPrivateKeyBundle: Checker = {
  async compute({ crypto, input }) {
    const signer = readWallet(crypto, input)
    requireReproduced('topic', privateStoreTopic(signer.address), textField(input, 'topic'))
    const record = bytesField(input, 'message')
    const { bundle, needsRewrite } = await openKeyBundleRecord(crypto, { record, signer })
    const { walletPreKey, ciphertext } = partsOf(record)
    const text = enableIdentityText(walletPreKey)
    const signature = await signer.signText(text)
    const isSecret = await decrypts(crypto, signature, ciphertext)
    if (isSecret && !needsRewrite) {
      const { salt, nonce } = ciphertext
      const scripted = withRandomness(crypto, [walletPreKey, salt, nonce])
      requireReproduced('record', await sealKeyBundleRecord(scripted, { bundle, signer }), record)
    }
    return {
      wallet_pre_key: toHex(walletPreKey),
      enable_identity_text: text,
      signature_used_as_secret: toHex(isSecret ? signature : respell(signature)),
      ciphertext: {
        hkdf_salt: toHex(ciphertext.salt),
        gcm_nonce: toHex(ciphertext.nonce),
        payload: toHex(ciphertext.payload),
      },
      private_key_bundle: toHex(encodePrivateKeyBundleV1(bundle)),
      sdk_rewrites_record_in_current_format: needsRewrite,
    }
  },
}

function partsOf(record: Uint8Array): Parts {
  return (
    tryParts(() => decode(EncryptedPrivateKeyBundle, record, 'record').version?.value) ??
    tryParts(() => decode(EncryptedPrivateKeyBundleV1, record, 'record')) ??
    unreadable()
  )
}

function tryParts(read: () => EncryptedPrivateKeyBundleV1 | undefined): Parts | undefined {
  try {
    const wire = read()
    const value = wire?.ciphertext?.union?.value
    if (wire === undefined || value === undefined) return undefined
    const ciphertext = { salt: value.hkdfSalt, nonce: value.gcmNonce, payload: value.payload }
    return { walletPreKey: wire.walletPreKey, ciphertext }
  } catch {
    return undefined
  }
}

function unreadable(): never {
  throw new CodecError('vectors/bad-field', 'Read field message: wanted an encrypted key bundle')
}

async function decrypts(
  crypto: Crypto,
  secret: Uint8Array,
  ciphertext: HkdfAesGcmCiphertext,
): Promise<boolean> {
  try {
    await decryptHkdfAesGcm(crypto, { secret, ciphertext })
    return true
  } catch {
    return false
  }
}

function respell(signature: Uint8Array): Uint8Array {
  return signature.map((byte, i) => (i === signature.length - 1 ? byte - 27 : byte))
}
