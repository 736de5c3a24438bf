// What checks share: one node, clients of every protocol, an account.

import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type Account, newAccount, nowNs } from './account.ts'
import { type Api, allApis } from './api.ts'
import { createGrpcClient, type GrpcClient } from './grpc-client.ts'
import type { Envelope } from './messages.ts'
import { type NodeProcess, newDataFolder, startNode } from './node-process.ts'

export type World = AsyncDisposable & {
  readonly node: NodeProcess
  readonly url: string
  readonly grpc: GrpcClient
  readonly account: Account
  /** One client a protocol. */
  readonly apis: readonly Api[]
  /** Publishes with a valid token, and fails unless that is acknowledged. */
  publish(envelopes: readonly Envelope[]): Promise<void>
}

export async function openWorld(): Promise<World> {
  const data = newDataFolder()
  const node = await startNode(data, ['--keep-alive-ms', '2000'])
  const grpc = createGrpcClient(`127.0.0.1:${node.port}`)
  const account = await newAccount()
  return {
    node,
    url: node.url,
    grpc,
    account,
    apis: allApis(node.url, grpc),
    publish: async (envelopes) => {
      const { code, details } = await grpc.unary(
        'Publish',
        { envelopes },
        { authorization: account.bearer() },
      )
      if (code !== 0) throw new Error(`publish: ${code} ${details}`)
    },
    [Symbol.asyncDispose]: async () => {
      grpc.close()
      await node.end('SIGKILL')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** A topic that nobody else uses. */
export function freshTopic(name = 'm'): string {
  return `/xmtp/0/${name}-${randomBytes(8).toString('hex')}/proto`
}

export function envelopeOf(
  contentTopic: string,
  message: string | Uint8Array = randomBytes(16),
  timestampNs: bigint = nowNs(),
): Envelope {
  return { contentTopic, timestampNs: String(timestampNs), message: Buffer.from(message) }
}
