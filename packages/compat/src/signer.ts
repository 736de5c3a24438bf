// Wallets, as the published API takes them.

import type { WalletSource } from '@posthorn/client'

/** A signer of ethers, or anything like it. */
export type Signer = {
  getAddress(): Promise<string>
  signMessage(message: ArrayLike<number> | string): Promise<string>
}

/** What a client can be made of: a signer, a viem wallet client, and whatever else our client takes. */
export type Wallet = Signer | WalletSource
