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

/** Clients of a node. */
export type TestClients = {
  readonly grpc: GrpcClient
  readonly json: JsonClient
  /** One client a protocol. */
  readonly clients: readonly ApiClient[]
}

/** A node in memory on a free port. */
export type TestNode = AsyncDisposable &
  TestClients & {
    readonly node: RunningNode
    readonly url: string
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
  const { grpc, json, clients } = clientsOf(url)
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

/** Clients of every protocol; `always` are headers of every call. */
export function clientsOf(url: string, always: Record<string, string> = {}): TestClients {
  const grpc = createGrpcClient(url, always)
  const json = createJsonClient(url, always)
  const web = [false, true].map((isText) => createGrpcWebClient(url, isText, always))
  return { grpc, json, clients: [grpc, ...web, json] }
}

/** The client of a protocol. */
export function clientOf({ clients }: Pick<TestClients, 'clients'>, protocol: string): ApiClient {
  const client = clients.find((each) => each.protocol === protocol)
  if (client === undefined) throw new RangeError(`No client speaks ${protocol}`)
  return client
}
