// From a contract wallet's name or address to the account that messages for it go to.

import type { Names } from '../names.ts'
import type { WalletCall } from './chains.ts'
import { type Delegation, delegationRecordKey, verifyDelegation } from './delegation.ts'

/** Options of {@link findDelegate}. */
export type FindDelegateOptions = WalletCall & {
  readonly names: Pick<Names, 'resolve' | 'lookup' | 'text'>
  /** The chain that the wallet has to be on; any of `chains` unless given, as its name's owner says. */
  readonly chainId?: number | undefined
}

/**
 * The delegate that a wallet names in its ENS text record, checked against the wallet's chain; `undefined` when
 * it names none. A wallet given by its address is found by the name that it has both ways.
 *
 * @throws as `Names.resolve`, `Names.lookup` and `verifyDelegation`
 */
export async function findDelegate(
  nameOrAddress: string,
  { names, chainId, ...call }: FindDelegateOptions,
): Promise<Delegation | undefined> {
  const { signal } = call
  const isAddress = /^0x[0-9a-fA-F]{40}$/.test(nameOrAddress)
  const found = isAddress
    ? await names.lookup(nameOrAddress, { signal })
    : await names.resolve(nameOrAddress, { signal })
  if (found === undefined) return undefined
  const record = await names.text(found.name, delegationRecordKey, { signal })
  if (record === undefined) return undefined
  return verifyDelegation(record, { ...call, wallet: { address: found.address, chainId } })
}
