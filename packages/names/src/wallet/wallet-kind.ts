// Which accounts have a key, and can therefore have keys of V1 and V2.

import { ValidationError } from '@posthorn/errors'
import { getCode } from 'viem/actions'
import { asHex, awaitChain, chainClient, type WalletAccount, type WalletCall } from './chains.ts'

/**
 * `key`: signs by a key of its own. `lent-key`: so too, though a contract acts at its address (EIP-7702).
 * `contract`: has no key. A contract that is not yet there looks like a `key`.
 */
export type WalletKind = 'key' | 'lent-key' | 'contract'

// EIP-7702: this, then the 20 bytes of the contract's address.
const delegationCode = /^0xef0100[0-9a-f]{40}$/i

/** The kind of an account on its chain. @throws as {@link chainClient} and {@link awaitChain} */
export async function walletKind(account: WalletAccount, call: WalletCall): Promise<WalletKind> {
  const client = chainClient(call, account.chainId)
  const code = await awaitChain(call.signal, () =>
    getCode(client, { address: asHex(account.address) }),
  )
  if (code === undefined || code === '0x') return 'key'
  return delegationCode.test(code) ? 'lent-key' : 'contract'
}

/**
 * Refuses accounts that cannot have keys of V1 and V2: these hang on a signature from which the account's
 * address can be recovered, and a contract has none.
 *
 * @throws ValidationError `names/contract-wallet`; and as {@link walletKind}
 */
export async function requireKeyWallet(account: WalletAccount, call: WalletCall): Promise<void> {
  if ((await walletKind(account, call)) === 'contract') throw contractWallet()
}

/** The account is a contract; says what to do instead. */
export function contractWallet(): ValidationError {
  return new ValidationError(
    'names/contract-wallet',
    'Create keys: found a contract wallet, whose signatures name no key; wanted an account with a key of its own, ' +
      'such as one that the wallet names as its messaging delegate',
  )
}
