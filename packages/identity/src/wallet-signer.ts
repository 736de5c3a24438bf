// The one thing a wallet is ever asked for.

/** Asks a wallet to sign a text by EIP-191 personal_sign. */
export type WalletSigner = {
  /** The account's address in EIP-55 form. */
  readonly address: string
  /** Resolves to the 65-byte signature r || s || v exactly as the wallet made it. */
  signText(text: string): Promise<Uint8Array>
}
