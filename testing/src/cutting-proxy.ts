// A proxy of one port that cuts its connections when told, or after so many bytes of an answer.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy between clients and a node. */
export type CuttingProxy = AsyncDisposable & {
  readonly url: string
  /** Connections cut so far. */
  cuts(): number
}

/** Starts a proxy; `bytesBeforeCut` is asked for each connection, undefined leaves it alone. */
export async function startCuttingProxy(
  target: string,
  bytesBeforeCut: () => number | undefined,
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let cuts = 0

  const join = (client: Socket): void => {
    const node = connect(Number(port), hostname)
    let left = bytesBeforeCut() ?? Number.POSITIVE_INFINITY
    for (const socket of [client, node]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        node.destroy()
      })
    }
    client.pipe(node)
    node.on('data', (chunk) => {
      if (client.destroyed) return
      client.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) return
      cuts++
      client.end(() => client.destroy())
      node.destroy()
    })
  }
  const server = createServer(join)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
