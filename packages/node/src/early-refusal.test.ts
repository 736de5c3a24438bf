// Requests that are refused while they still come: their senders never end them.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestNode, type TestNode } from './contract/test-node.ts'

let testNode: TestNode
beforeAll(async () => {
  testNode = await startTestNode()
})
afterAll(() => testNode[Symbol.asyncDispose]())

const mib = 1_048_576
const tooMany = { code: 'api/too-many-values' }
const tooLong = { code: 'api/value-too-long' }

async function startOfJson(start: Buffer): Promise<{ code: unknown }> {
  const call = request(`${testNode.url}/message/v1/query`, {
    method: 'POST',
    headers: { 'content-length': 40 * mib },
  })
  call.on('error', () => {})
  call.write(start)
  const [answer] = await once(call, 'response')
  call.destroy()
  return { code: answer.headers['x-posthorn-error'] }
}

// The prefix of a frame of 40 MiB, and what there is of it.
async function startOfRpc(rpc: string, start: Buffer): Promise<{ code: unknown }> {
  const session = connect(testNode.url)
  const call = session.request({
    ':method': 'POST',
    ':path': `/xmtp.message_api.v1.MessageApi/${rpc}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const prefix = Buffer.from([0, 0, 0, 0, 0])
  prefix.writeUInt32BE(40 * mib, 1)
  call.write(Buffer.concat([prefix, start]))
  const code = new Promise((resolve) => {
    const look = (fields: Record<string, unknown>): void => {
      if (fields['x-posthorn-error'] !== undefined) resolve(fields['x-posthorn-error'])
    }
    call.on('response', look).on('trailers', look).on('error', resolve)
  })
  call.resume()
  const found = await code
  session.destroy()
  return { code: found }
}

test('a JSON text of too many values or a value too long is refused before it is whole', async () => {
  expect(await startOfJson(Buffer.alloc(mib, '['))).toEqual(tooMany)
  const long = Buffer.concat([Buffer.from('{"contentTopics":["'), Buffer.alloc(6 * mib, 'a')])
  expect(await startOfJson(long)).toEqual(tooLong)
})

test.each(['Publish', 'Query', 'BatchQuery', 'Subscribe', 'Subscribe2'])(
  'a request to %s of too many values or a value too long is refused before it is whole',
  async (rpc) => {
    expect(await startOfRpc(rpc, Buffer.alloc(mib, Buffer.from([10, 0])))).toEqual(tooMany)
    // Field 15, of 32 MiB.
    const long = Buffer.concat([Buffer.from([0x7a, 0x80, 0x80, 0x80, 0x10]), Buffer.alloc(mib)])
    expect(await startOfRpc(rpc, long)).toEqual(tooLong)
  },
)
