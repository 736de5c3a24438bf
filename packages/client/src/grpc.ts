import type { Transport } from '@posthorn/transport'
import { createGrpcTransport } from '@posthorn/transport/grpc'
import { connectBy, type WayOptions } from './connect-by.ts'

export type { WayOptions } from './connect-by.ts'

/**
 * The `transport` option of a client that speaks gRPC with the node at a base address, or with several. Takes the
 * `node:http2` of Node. Whoever asked for it closes it.
 *
 * @throws UsageError `transport/bad-url`, `transport/no-nodes`, `transport/bad-acknowledgements`
 * @example
 * await using transport = await grpcTransport('http://localhost:5555')
 * const alice = await createClient(wallet, { transport })
 */
export function grpcTransport(
  where: string | readonly string[],
  options: WayOptions = {},
): Promise<Transport> {
  return connectBy(createGrpcTransport, where, options)
}
