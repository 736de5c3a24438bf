// What every platform is given: the vectors, and one real node behind a gate that breaks connections when asked.

import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { newDataFolder, startNode } from '../node-api/node-process.ts'

/** A node as programs reach it. */
export type NodeAddress = { readonly url: string; readonly cutUrl: string }

/** What platforms are run with. */
export type World = {
  /** The texts of all vector files. */
  readonly vectors: readonly string[]
  /** Starts the node on first use. */
  node(): Promise<NodeAddress>
}

/** The world, and how to end it. */
export function createWorld(): World & AsyncDisposable {
  let gate: Promise<NodeAddress & AsyncDisposable> | undefined
  return {
    vectors: vectorTexts(),
    node: () => {
      gate ??= openGate()
      return gate
    },
    [Symbol.asyncDispose]: async () => {
      await (await gate)?.[Symbol.asyncDispose]()
    },
  }
}

/** The texts of the vector files of the repository. */
function vectorTexts(): string[] {
  const root = join(import.meta.dirname, '../../vectors')
  return ['v2', 'content'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.json') && name !== 'index.json')
      .sort()
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
}

async function openGate(): Promise<NodeAddress & AsyncDisposable> {
  const data = newDataFolder()
  const node = await startNode(data, ['--grace-ms', '100'])
  const sockets = new Set<Socket>()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const proxy = createTcpServer((client) => {
    const target = connect(node.port, '127.0.0.1')
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.pipe(target).pipe(client)
  })
  // Programs run in pages of other origins.
  const control = createServer((_, response) => {
    cut()
    response.writeHead(200, { 'access-control-allow-origin': '*', connection: 'close' }).end('cut')
  })
  return {
    url: await listening(proxy),
    cutUrl: `${await listening(control)}/cut`,
    [Symbol.asyncDispose]: async () => {
      proxy.close()
      control.close()
      cut()
      await node.end('SIGKILL')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
