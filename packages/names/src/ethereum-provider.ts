// How the caller lets us speak to a chain.

import { UsageError } from '@posthorn/errors'
import { custom, http, type Transport } from 'viem'

/** Anything that takes JSON-RPC requests as EIP-1193 says: a viem client, a wallet in the browser. */
export type EthereumProvider = Parameters<typeof custom>[0]

/** What a transport is made of. */
export type EthereumOptions = {
  /** The URL of an RPC server, or a provider. There is no default: nobody is asked whom the caller did not name. */
  readonly ethereum: string | EthereumProvider
  /** For requests to an RPC URL; the global one unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** For one request to an RPC URL; 10 seconds unless given. */
  readonly rpcTimeoutMs?: number | undefined
  /** Sends requests of one moment together to an RPC URL, as one JSON-RPC batch; on unless `false`. */
  readonly batch?: boolean | undefined
}

const defaultTimeoutMs = 10_000
const maxBatchSize = 50

/** The viem transport for a chain. @throws UsageError `names/bad-rpc` */
export function ethereumTransport(options: EthereumOptions): Transport {
  const { ethereum, rpcTimeoutMs = defaultTimeoutMs, batch = true } = options
  if (typeof ethereum !== 'string') return custom(ethereum, { retryCount: 0 })
  if (!URL.canParse(ethereum) || !/^https?:/i.test(ethereum)) {
    throw new UsageError('names/bad-rpc', 'Open chain: found another text, wanted an http(s) URL')
  }
  return http(ethereum, {
    batch: batch ? { batchSize: maxBatchSize } : false,
    timeout: rpcTimeoutMs,
    retryCount: 1,
    ...(options.fetch === undefined ? {} : { fetchFn: options.fetch }),
  })
}
