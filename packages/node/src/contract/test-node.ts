// A node of a test's own, and clients of every protocol.

import type { NodeConfig } from '../config.ts'
import { parseConfig } from '../config.ts'
import { startNode } from '../node.ts'
import type { NodePorts } from '../ports.ts'
import type { RunningNode } from '../running-node.ts'
import type { ApiClient } from './api-client.ts'
import { createGrpcClient, type GrpcClient } from './grpc-client.ts'
import { createGrpcWebClient } from './grpc-web-client.ts'
import { createJsonClient, type JsonClient } from './json-client.ts'

/** A node in memory on a free port. */
export type TestNode = AsyncDisposable & {
  readonly node: RunningNode
  readonly url: string
  readonly grpc: GrpcClient
  readonly json: JsonClient
  /** One client a protocol. */
  readonly clients: readonly ApiClient[]
}

/** Names of the protocols, in the order of the clients. */
export const protocols = ['grpc', 'grpc-web', 'grpc-web-text', 'json'] as const

/** Starts a node; by default it keeps envelopes in memory and asks for no token. */
export async function startTestNode(
  flags: Partial<Record<keyof NodeConfig, unknown>> = {},
  ports: Partial<NodePorts> = {},
): Promise<TestNode> {
  const config = parseConfig({
    flags: { 'api-port': 0, store: 'memory', auth: 'off', 'grace-ms': 500, ...flags },
  })
  const node = await startNode(config, ports)
  const [url = ''] = node.apiUrls
  const grpc = createGrpcClient(url)
  const json = createJsonClient(url)
  const clients = [grpc, createGrpcWebClient(url, false), createGrpcWebClient(url, true), json]
  return {
    node,
    url,
    grpc,
    json,
    clients,
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.close()
      await node.kill()
    },
  }
}

/** The client of a protocol. */
export function clientOf({ clients }: TestNode, protocol: string): ApiClient {
  const client = clients.find((each) => each.protocol === protocol)
  if (client === undefined) throw new RangeError(`No client speaks ${protocol}`)
  return client
}
