// The entry for names of ENS. It brings viem.

export { createEnsResolver, type EnsOptions } from './ens/ens-resolver.ts'
export { normalizeName } from './ens/normalize-name.ts'
export type { EthereumProvider } from './ethereum-provider.ts'
