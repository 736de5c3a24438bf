// Asking a wallet, and checking that it did what it was asked.

import { VerificationError } from '@posthorn/errors'
import { parseAddress } from './account.ts'
import type { CheckCrypto } from './check-crypto.ts'
import { parseWalletSignature, recoverSigner } from './signature.ts'
import type { WalletSigner } from './wallet-signer.ts'

/**
 * The 65 bytes of a wallet's signature over a text, exactly as the wallet made them, once they are known to
 * be the signature of the signer's own account.
 *
 * @throws VerificationError `identity/not-signed-by-wallet`, `crypto/bad-signature`;
 * CodecError `identity/malformed-wallet-signature`; ValidationError `identity/bad-address`,
 * `identity/bad-address-checksum`; and whatever the wallet throws
 */
export async function askWallet(
  crypto: CheckCrypto,
  signer: WalletSigner,
  text: string,
): Promise<Uint8Array> {
  const address = parseAddress(crypto, signer.address)
  // A copy, because callers wipe it and a wallet may keep its own.
  const bytes = new Uint8Array(await signer.signText(text))
  if (recoverSigner(crypto, text, parseWalletSignature(bytes)) !== address) {
    throw new VerificationError(
      'identity/not-signed-by-wallet',
      'Ask wallet to sign: found the signature of another account or text, wanted its own',
    )
  }
  return bytes
}
