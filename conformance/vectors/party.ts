// The parties of a vector: an account, its wallet and its keys.

import type { Crypto } from '@posthorn/crypto'
import {
  createLocalSigner,
  decodePrivateKeyBundle,
  type PrivateKeyBundle,
  type PrivateKeyBundleForm,
  verifyPrivateKeyBundle,
  type WalletSigner,
} from '@posthorn/identity'
import { bytesField, type Fields, textField } from './fields.ts'
import { requireReproduced } from './reproduce.ts'

/** An account of a vector. */
export type Party = {
  readonly address: string
  readonly signer: WalletSigner
  readonly bundle: PrivateKeyBundle
  readonly form: PrivateKeyBundleForm
}

/** The wallet of `wallet_private_key`, whose address is `wallet_address`. */
export function readWallet(crypto: Crypto, fields: Fields): WalletSigner {
  const signer = createLocalSigner(crypto, bytesField(fields, 'wallet_private_key'))
  requireReproduced('wallet address', signer.address, textField(fields, 'wallet_address'))
  return signer
}

/** The wallet and the keys of `private_key_bundle`, once they belong together. */
export function readParty(crypto: Crypto, fields: Fields): Party {
  const signer = readWallet(crypto, fields)
  const { form, bundle } = decodePrivateKeyBundle(bytesField(fields, 'private_key_bundle'))
  requireReproduced('bundle address', verifyPrivateKeyBundle(crypto, bundle), signer.address)
  return { address: signer.address, signer, bundle, form }
}
