// Names of accounts, by the Ethereum server that the run names. What asks it is loaded only here.

import { systemClock } from '@posthorn/client'
import { loadCrypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import type { Names } from '@posthorn/names'
import type { Context } from '../context.ts'

const baseChainId = 8453

/**
 * Names of ENS, with those of Base.
 *
 * @throws UsageError `cli/no-ethereum-url`, `names/bad-rpc`
 */
export async function openNames({ ethereumUrl }: Pick<Context, 'ethereumUrl'>): Promise<Names> {
  if (ethereumUrl === undefined) {
    throw new UsageError('cli/no-ethereum-url', 'Ask for name: found no Ethereum server to ask')
  }
  const [{ createNames }, { createEnsResolver }, crypto] = await Promise.all([
    import('@posthorn/names'),
    import('@posthorn/names/ens'),
    loadCrypto(),
  ])
  const ens = createEnsResolver({ ethereum: ethereumUrl, chains: [baseChainId] })
  return createNames({ resolvers: [ens], crypto, clock: systemClock })
}
