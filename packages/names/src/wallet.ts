// The entry for signatures of wallets, contracts included. It brings viem.

export type { EthereumProvider } from './ethereum-provider.ts'
export type { Chains, WalletAccount, WalletCall } from './wallet/chains.ts'
export {
  createDelegation,
  type Delegation,
  delegationRecordKey,
  delegationText,
  type VerifyDelegationOptions,
  verifyDelegation,
} from './wallet/delegation.ts'
export { type FindDelegateOptions, findDelegate } from './wallet/find-delegate.ts'
export { keyWalletSigner, type TextSigner } from './wallet/key-wallet-signer.ts'
export {
  type SignedBy,
  type VerifyWalletSignatureOptions,
  verifyWalletSignature,
} from './wallet/verify-wallet-signature.ts'
export { requireKeyWallet, type WalletKind, walletKind } from './wallet/wallet-kind.ts'
