import { concatBytes } from '@posthorn/bytes'
import { type Crypto, personalMessageDigest } from '@posthorn/crypto'
import { addressOf } from './account.ts'
import type { WalletSigner } from './wallet-signer.ts'

const firstV = 27

/**
 * A signer for programs that hold the account's 32-byte private key themselves, such as bots and tests.
 *
 * @throws ValidationError `crypto/bad-private-key`
 */
export function createLocalSigner(
  crypto: Pick<Crypto, 'curve' | 'hash'>,
  privateKey: Uint8Array,
): WalletSigner {
  return {
    address: addressOf(crypto, crypto.curve.publicKey(privateKey)),
    async signText(text) {
      const digest = personalMessageDigest(crypto.hash, text)
      const { compact, recovery } = crypto.curve.sign(digest, privateKey)
      return concatBytes(compact, Uint8Array.of(firstV + recovery))
    },
  }
}
