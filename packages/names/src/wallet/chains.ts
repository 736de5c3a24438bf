// Which chain is asked, and how.

import { TransportError, UsageError } from '@posthorn/errors'
import {
  BaseError,
  type Client,
  createClient,
  ExecutionRevertedError,
  type Hex,
  RpcRequestError,
} from 'viem'
import {
  type EthereumOptions,
  type EthereumProvider,
  ethereumTransport,
} from '../ethereum-provider.ts'
import { cancelled, unavailable } from '../names-errors.ts'

/** RPC URLs or providers by chain id. Only these are asked. */
export type Chains = Readonly<Record<number, string | EthereumProvider>>

/** An account of a wallet. A contract lives on one chain; for an account with a key any chain will do. */
export type WalletAccount = { readonly address: string; readonly chainId: number }

/** How chains are asked. */
export type WalletCall = Omit<EthereumOptions, 'ethereum'> & {
  readonly chains: Chains
  readonly signal?: AbortSignal | undefined
}

// What servers say when a call reverts (geth and its kin; others put it in words).
const revertedCode = 3
const revertedWords = /revert|invalid opcode|out of gas|stack underflow|invalid jump/i

/** A client of a chain. @throws UsageError `names/chain-not-configured`, `names/bad-rpc` */
export function chainClient(call: WalletCall, chainId: number): Client {
  const ethereum = call.chains[chainId]
  if (ethereum === undefined) {
    throw new UsageError(
      'names/chain-not-configured',
      `Ask chain: found no way to chain ${chainId}, wanted an RPC URL or provider for it`,
      { details: { chainId } },
    )
  }
  return createClient({ transport: ethereumTransport({ ...call, ethereum }), ccipRead: false })
}

/**
 * Asks a chain and waits for its answer, or for the caller's signal.
 *
 * @throws TransportError `names/unavailable`, `names/cancelled`
 */
export async function awaitChain<T>(
  signal: AbortSignal | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw cancelled('Ask chain')
  const ended = new AbortController()
  const given = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(cancelled('Ask chain'))
    signal?.addEventListener('abort', onAbort, { once: true, signal: ended.signal })
  })
  try {
    return await Promise.race([ask(), given])
  } catch (cause) {
    throw cause instanceof TransportError ? cause : unavailable('Ask chain', cause)
  } finally {
    ended.abort()
  }
}

/** Whether a call failed because the chain ran it and it failed there. All else says nothing about the call. */
export function isRevert(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  if (error.walk((each) => each instanceof ExecutionRevertedError) !== null) return true
  const refusal = error.walk((each) => each instanceof RpcRequestError)
  if (!(refusal instanceof RpcRequestError)) return false
  return refusal.code === revertedCode || revertedWords.test(refusal.details)
}

/** The bytes as viem wants them. */
export function asHex(address: string): Hex {
  return address as Hex
}
