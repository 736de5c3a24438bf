// The transport that clients use, by the contract of all transports, against the node that users run.

import { parseConfig, startNode } from '@posthorn/node'
import { temporaryDirectory } from '@posthorn/testing'
import { createJsonTransport } from '@posthorn/transport'
import { testTransport } from '@posthorn/transport/contract'

testTransport('transport over the JSON gateway of a node', async () => {
  const directory = await temporaryDirectory()
  const flags = { 'api-port': '0', auth: 'off', data: directory.path, 'grace-ms': '100' }
  const node = await startNode(parseConfig({ flags }))
  return {
    connect: () => createJsonTransport({ url: node.apiUrls[0] ?? '' }),
    [Symbol.asyncDispose]: async () => {
      await node.kill()
      await directory[Symbol.asyncDispose]()
    },
  }
})
