import type { Transport } from '@posthorn/transport'
import { createGrpcWebTransport } from '@posthorn/transport/grpc-web'
import { connectBy, type WayOptions } from './connect-by.ts'

export type { WayOptions } from './connect-by.ts'

/**
 * The `transport` option of a client that speaks gRPC-Web with the node at a base address, or with several. Takes a
 * `fetch` whose replies can be read as they arrive, as browsers have it. Whoever asked for it closes it.
 *
 * @throws UsageError `transport/bad-url`, `transport/no-nodes`, `transport/bad-acknowledgements`
 */
export function grpcWebTransport(
  where: string | readonly string[],
  options: WayOptions = {},
): Promise<Transport> {
  return connectBy(createGrpcWebTransport, where, options)
}
