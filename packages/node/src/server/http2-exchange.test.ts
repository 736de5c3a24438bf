import { expect, test } from 'vitest'
import type { GrpcCall } from '../contract/grpc-client.ts'
import { startTestNode, type TestNode } from '../contract/test-node.ts'

const messageApi = '/xmtp.message_api.v1.MessageApi/'

/** Calls whose requests stay open, once the node has all of them. */
async function openCalls({ grpc }: TestNode, rpc: string, count: number): Promise<GrpcCall[]> {
  const calls = Array.from({ length: count }, () => grpc.open(messageApi + rpc))
  await grpc.query({ contentTopics: ['a'] })
  return calls
}

// More streams than Node allows pings at a time, unless it is told otherwise.
test.each([1, 40])('a node that stops ends %i open Subscribe2 streams well', async (count) => {
  await using testNode = await startTestNode({ 'grace-ms': 5_000 })
  const calls = await openCalls(testNode, 'Subscribe2', count)
  const stopped = testNode.node[Symbol.asyncDispose]()
  for (const call of calls) {
    expect(await call.next()).toBeUndefined()
    expect(call.outcome().status).toBe(0)
  }
  await stopped
})

test('a request that is refused before its end gets its refusal while the node stops', async () => {
  await using testNode = await startTestNode({ 'grace-ms': 5_000 })
  const calls = await openCalls(testNode, 'Query', 40)
  const stopped = testNode.node[Symbol.asyncDispose]()
  const tooLong = Buffer.from([0, 0xff, 0xff, 0xff, 0xff])
  for (const call of calls) call.write(tooLong)
  for (const call of calls) {
    expect(await call.next()).toBeUndefined()
    expect(call.outcome().status).toBe(8)
  }
  await stopped
})

test('a client is told to open no more streams while those that run go on', async () => {
  await using testNode = await startTestNode({ 'grace-ms': 5_000 })
  const [call] = await openCalls(testNode, 'Query', 1)
  const goneAway = new Promise((resolve) => testNode.grpc.session.once('goaway', resolve))
  const stopped = testNode.node[Symbol.asyncDispose]()
  expect(await goneAway).toBe(0)
  call?.write(Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x61]))
  call?.end()
  expect(await call?.next()).toBeDefined()
  expect(await call?.next()).toBeUndefined()
  expect(call?.outcome().status).toBe(0)
  await stopped
})
