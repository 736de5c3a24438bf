// The transports that clients use, by the contract of all transports, against the node that users run.

import { parseConfig, startNode } from '@posthorn/node'
import { temporaryDirectory } from '@posthorn/testing'
import { createJsonTransport, type NodeAddress, type Transport } from '@posthorn/transport'
import { testTransport } from '@posthorn/transport/contract'
import { createGrpcTransport } from '@posthorn/transport/grpc'
import { createGrpcWebTransport } from '@posthorn/transport/grpc-web'

const transports: Readonly<Record<string, (address: NodeAddress) => Transport>> = {
  'the JSON gateway': createJsonTransport,
  'gRPC-Web': createGrpcWebTransport,
  gRPC: createGrpcTransport,
}

for (const [name, create] of Object.entries(transports)) {
  testTransport(`transport over ${name} of a node`, async () => {
    const directory = await temporaryDirectory()
    const flags = { 'api-port': '0', auth: 'off', data: directory.path, 'grace-ms': '100' }
    const node = await startNode(parseConfig({ flags }))
    return {
      connect: () => create({ url: node.apiUrls[0] ?? '' }),
      [Symbol.asyncDispose]: async () => {
        await node.kill()
        await directory[Symbol.asyncDispose]()
      },
    }
  })
}
