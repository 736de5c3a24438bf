// ENS's one contract for all questions: it finds the resolver of a name or of its parents (ENSIP-10), asks it,
// and for reverse names (ENSIP-19) checks on the chain that they lead back.

import { UsageError } from '@posthorn/errors'
import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  createClient,
  type Hex,
  parseAbi,
  type Transport,
  toHex,
} from 'viem'
import { readContract } from 'viem/actions'
import { packetToBytes } from 'viem/ens'
import { unavailable } from '../names-errors.ts'
import type { GatewayTrip } from './gateway.ts'

/** What a question takes. */
export type EnsAsking = {
  readonly transport: Transport
  readonly contract: Hex
  readonly trip: GatewayTrip
}

// Tells the client to collect the lookups of several resolvers itself.
const batchGateway = 'x-batch-gateway:true'

const abi = parseAbi([
  'function resolveWithGateways(bytes name, bytes data, string[] gateways) view returns (bytes, address)',
  'function reverseWithGateways(bytes account, uint256 coinType, string[] gateways) view returns (string, address, address)',
  'error DNSDecodingFailed(bytes)',
  'error DNSEncodingFailed(string)',
  'error EmptyAddress()',
  'error HttpError(uint16, string)',
  'error InvalidBatchGatewayResponse()',
  'error ResolverError(bytes)',
  'error ResolverNotContract(bytes, address)',
  'error ResolverNotFound(bytes)',
  'error ReverseAddressMismatch(string, bytes)',
  'error UnsupportedResolverProfile(bytes4)',
])

/**
 * What a name's resolver answers to `data`, a call of one of its functions; `undefined` when there is no
 * resolver, or it has no such function.
 *
 * @throws TransportError `names/unavailable`; UsageError `names/no-ens`
 */
export function askName(asking: EnsAsking, name: string, data: Hex): Promise<Hex | undefined> {
  return ask(asking, async (client) => {
    const [answer] = await readContract(client, {
      address: asking.contract,
      abi,
      functionName: 'resolveWithGateways',
      args: [toHex(packetToBytes(name)), data, [batchGateway]],
    })
    return answer
  })
}

/** The name that an address claims for a coin type, `undefined` when none. @throws as {@link askName} */
export function askReverse(
  asking: EnsAsking,
  address: string,
  coinType: bigint,
): Promise<string | undefined> {
  return ask(asking, async (client) => {
    const [name] = await readContract(client, {
      address: asking.contract,
      abi,
      functionName: 'reverseWithGateways',
      args: [address as Hex, coinType, [batchGateway]],
    })
    return name
  })
}

async function ask<T extends string>(
  { transport, trip }: EnsAsking,
  question: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T | undefined> {
  const client = createClient({ transport, ccipRead: { request: trip.request } })
  try {
    const answer = await question(client)
    if (answer !== '' && answer !== '0x') return answer
  } catch (error) {
    throwUnlessNone(error)
  }
  // A contract may swallow what its gateway did; a gateway that is away has not said "none".
  const failure = trip.failure()
  if (failure !== undefined) throw failure
  return undefined
}

function throwUnlessNone(error: unknown): void {
  if (!(error instanceof BaseError)) throw error
  if (error.walk((each) => each instanceof ContractFunctionZeroDataError) !== null) {
    throw new UsageError(
      'names/no-ens',
      'Ask ENS: found a chain without its contract, wanted Ethereum or another contract address',
      { cause: error },
    )
  }
  const reverted = error.walk((each) => each instanceof ContractFunctionRevertedError)
  if (!(reverted instanceof ContractFunctionRevertedError) || reverted.data === undefined) {
    throw unavailable('Ask ENS', error)
  }
}
