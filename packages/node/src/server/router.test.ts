// What is answered where there is nothing to call: in the words and statuses of the gateway that clients know, with a
// stable code beside them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestNode, type TestNode } from '../contract/test-node.ts'

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})

afterAll(() => testNode[Symbol.asyncDispose]())

async function call(method: string, path: string) {
  const response = await fetch(testNode.url + path, { method })
  return {
    status: response.status,
    code: response.headers.get('x-posthorn-error'),
    allow: response.headers.get('allow'),
    origin: response.headers.get('access-control-allow-origin'),
    text: await response.text(),
  }
}

describe('a request that no method takes', () => {
  test.each([
    ['GET', '/message/v1/query', 'POST'],
    ['PUT', '/message/v1/publish', 'POST'],
    ['DELETE', '/message/v1/subscribe', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('by %s of %s is api/method-not-allowed and says what is', async (method, path, allow) => {
    expect(await call(method, path)).toEqual({
      status: 501,
      code: 'api/method-not-allowed',
      allow,
      origin: '*',
      text: '{"code":12,"message":"Method Not Allowed","details":[]}',
    })
  })

  test.each(['GET', 'POST'])('by %s of an unknown path is api/not-found', async (method) => {
    expect(await call(method, '/message/v1/nothing')).toEqual({
      status: 404,
      code: 'api/not-found',
      allow: null,
      origin: '*',
      text: '{"code":5,"message":"Not Found","details":[]}',
    })
  })

  test('of a gRPC path by plain HTTP is api/unsupported-content-type', async () => {
    const path = '/xmtp.message_api.v1.MessageApi/Query'
    expect(await call('POST', path)).toMatchObject({
      status: 415,
      code: 'api/unsupported-content-type',
      text: expect.stringContaining('"code":3'),
    })
  })
})
