// Names of ENS, on Ethereum and wherever it leads: wildcards, gateways, names on other chains.

import {
  type AbiFunction,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
  toCoinType,
} from 'viem'
import { namehash } from 'viem/ens'
import { avatarUrl } from '../avatar.ts'
import { type EthereumOptions, ethereumTransport } from '../ethereum-provider.ts'
import type { NameResolver } from '../name-resolver.ts'
import { createGateways } from './gateway.ts'
import { normalizeName } from './normalize-name.ts'
import { askName, askReverse, type EnsAsking } from './universal-resolver.ts'

/** Options of {@link createEnsResolver}. */
export type EnsOptions = EthereumOptions & {
  /**
   * Ids of further chains, such as 8453 for Base: addresses without a name on Ethereum are looked up there, and
   * names without an address on Ethereum lead to the one there. In order.
   */
  readonly chains?: readonly number[] | undefined
  /** ENS's contract, where it is not the one of Ethereum's main network. */
  readonly universalResolver?: string | undefined
  /** Which gateways may be asked; those that `isPublicUrl` allows unless given. */
  readonly isAllowedGateway?: ((url: URL) => boolean) | undefined
  /** For one answer of a gateway; 1 MiB unless given. */
  readonly maxGatewayBytes?: number | undefined
  /** Makes `ipfs:` pictures `https:` ones. */
  readonly ipfsGateway?: string | undefined
}

const mainNetworkResolver = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee'
const ethereumCoinType = 60n
const maxTextChars = 65_536

const abi = parseAbi([
  'function addr(bytes32 node) view returns (address)',
  'function addr(bytes32 node, uint256 coinType) view returns (bytes)',
  'function text(bytes32 node, string key) view returns (string)',
])
const [addrOf, addrOfCoin, textOf] = abi

/**
 * Resolves names of ENS through the caller's connection to Ethereum.
 *
 * @throws UsageError `names/bad-rpc`
 */
export function createEnsResolver(options: EnsOptions): NameResolver {
  const transport = ethereumTransport(options)
  const contract = (options.universalResolver ?? mainNetworkResolver) as Hex
  const coinTypes = (options.chains ?? []).map((chainId) => toCoinType(chainId))
  const { fetch, isAllowedGateway: isAllowed, maxGatewayBytes: maxBytes } = options
  const tripFor = createGateways({ fetch, isAllowed, maxBytes })
  const asking = (signal: AbortSignal): EnsAsking => ({
    transport,
    contract,
    trip: tripFor(signal),
  })

  async function addressOn(
    name: string,
    coinType: bigint,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const node = namehash(name)
    if (coinType === ethereumCoinType) {
      const data = encodeFunctionData({ abi: [addrOf], args: [node] })
      return accountOf(/^0x0{24}([0-9a-f]{40})$/, await askName(asking(signal), name, data))
    }
    const data = encodeFunctionData({ abi: [addrOfCoin], args: [node, coinType] })
    const answer = decode(addrOfCoin, await askName(asking(signal), name, data))
    return accountOf(/^0x([0-9a-f]{40})$/, answer)
  }

  async function text(name: string, key: string, signal: AbortSignal): Promise<string | undefined> {
    const data = encodeFunctionData({ abi: [textOf], args: [namehash(name), key] })
    const value = decode(textOf, await askName(asking(signal), name, data))
    return value === '' || (value?.length ?? 0) > maxTextChars ? undefined : value
  }

  // Without its picture a name is still the name.
  async function avatarOf(name: string, signal: AbortSignal): Promise<string | undefined> {
    const record = await text(name, 'avatar', signal).catch(() => undefined)
    return record === undefined ? undefined : avatarUrl(record, options.ipfsGateway)
  }

  return {
    kind: 'ens',
    canResolve: (name) => /^[^\s@/]+\.[^\s@/.]+$/.test(name),

    async resolve(given, { signal }) {
      const name = normalizeName(given)
      for (const coinType of [ethereumCoinType, ...coinTypes]) {
        const address = await addressOn(name, coinType, signal)
        if (address !== undefined) return { name, address }
      }
      return undefined
    },

    async lookup(address, { signal }) {
      for (const coinType of [ethereumCoinType, ...coinTypes]) {
        const name = await askReverse(asking(signal), address, coinType)
        if (name !== undefined) return { name, avatar: await avatarOf(name, signal) }
      }
      return undefined
    },

    text: (given, key, { signal }) => text(normalizeName(given), key, signal),
  }
}

// What a resolver answers is a stranger's: bytes that are no value of their type are no answer.
function decode(item: AbiFunction, data: Hex | undefined): string | undefined {
  if (data === undefined) return undefined
  try {
    const value = decodeFunctionResult({ abi: [item], data })
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function accountOf(form: RegExp, answer: string | undefined): string | undefined {
  const digits = form.exec(answer?.toLowerCase() ?? '')?.[1]
  return digits === undefined || /^0+$/.test(digits) ? undefined : `0x${digits}`
}
