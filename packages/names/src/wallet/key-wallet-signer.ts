// Telling a contract wallet from one that merely signed something else.

import type { WalletCall } from './chains.ts'
import { verifyWalletSignature } from './verify-wallet-signature.ts'
import { contractWallet } from './wallet-kind.ts'

/** A wallet that signs texts; `WalletSigner` of `@posthorn/identity` is one. */
export type TextSigner = {
  readonly address: string
  signText(text: string): Promise<Uint8Array>
}

/**
 * The same signer, except that signatures of a contract wallet are refused with an error that says so,
 * before anything is made of them. Signatures of keys pass without asking anybody.
 *
 * @throws from `signText`: ValidationError `names/contract-wallet`, and whatever the wallet throws
 */
export function keyWalletSigner<Signer extends TextSigner>(
  signer: Signer,
  { chainId, ...call }: WalletCall & { readonly chainId: number },
): TextSigner {
  return {
    address: signer.address,
    async signText(text) {
      const signature = await signer.signText(text)
      const { address } = signer
      const by = await verifyWalletSignature({ ...call, chainId, address, text, signature })
      if (by === 'contract' || by === 'future-contract') throw contractWallet()
      // Others are judged by who asked: with nobody's signature it has its own words.
      return signature
    },
  }
}
