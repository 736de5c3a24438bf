import { connect } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { queryOf } from './contract/api-client.ts'
import { protocols, startTestNode, type TestNode } from './contract/test-node.ts'

const topic = '/xmtp/0/m-large/proto'
const rows = 20
const messageBytes = 1_000_000
const world = await startTestNode()
await fill(world)
afterAll(() => world[Symbol.asyncDispose]())

describe.each([...protocols.entries()])('large answers, client %i: %s', (index) => {
  const client = () => {
    const found = world.clients[index]
    if (found === undefined) throw new Error('no client')
    return found
  }

  test('behavior: a page over 16 MiB is cut, and its cursor leads to the rest', async () => {
    const times: bigint[] = []
    const sizes: number[] = []
    let pagingInfo = queryOf({}).pagingInfo
    do {
      const { reply } = await client().query({ contentTopics: [topic], pagingInfo })
      const envelopes = reply?.envelopes ?? []
      times.push(...envelopes.map(({ timestampNs }) => timestampNs))
      sizes.push(envelopes.length)
      pagingInfo = reply?.pagingInfo?.cursor === undefined ? undefined : reply.pagingInfo
    } while (pagingInfo !== undefined)
    expect(sizes).toEqual([17, 3])
    expect(times).toEqual(Array.from({ length: rows }, (_, n) => BigInt(rows - n)))
  })

  test('behavior: the pages of a batch share 16 MiB; each has its first row and a cursor', async () => {
    const requests = Array.from({ length: 5 }, () => queryOf({ contentTopics: [topic] }))
    const { reply } = await client().batchQuery({ requests })
    const pages = reply?.responses ?? []
    expect(pages.map(({ envelopes }) => envelopes.length)).toEqual([17, 1, 1, 1, 1])
    expect(pages.every(({ pagingInfo }) => pagingInfo?.cursor !== undefined)).toBe(true)
  })
})

describe('answers under way', () => {
  test('error: what there is no room for is refused, and taken again when there is', async () => {
    await using small = await startTestNode({ 'max-waiting-bytes': 4_000_000 })
    const message = new Uint8Array(900_000)
    for (const timestampNs of [1n, 2n]) {
      expect(
        (await small.grpc.publish([{ contentTopic: topic, timestampNs, message }])).status,
      ).toBe(0)
    }
    const ask = (limit: number) =>
      small.json.query({
        contentTopics: [topic],
        pagingInfo: { limit, cursor: undefined, direction: 0 },
      })
    expect(await ask(2)).toMatchObject({ status: 14, code: 'transport/overloaded' })
    expect(await ask(1)).toMatchObject({ status: 0 })
    expect(await ask(1)).toMatchObject({ status: 0 })
  })

  test('behavior: a client that does not read its answer is cut off', async () => {
    await using impatient = await startTestNode({ 'stall-ms': 300 })
    await fill(impatient)
    const body = JSON.stringify({ contentTopics: [topic] })
    const socket = connect(Number(new URL(impatient.url).port), '127.0.0.1')
    socket.pause()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined)
    socket.write(
      `POST /message/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    let read = 0
    socket.on('data', (chunk) => {
      read += chunk.length
    })
    socket.resume()
    await closed
    expect(read).toBeLessThan(17 * messageBytes)
  })
})

async function fill({ grpc }: TestNode): Promise<void> {
  for (let n = 1; n <= rows; n++) {
    const message = new Uint8Array(messageBytes).fill(n)
    await grpc.publish([{ contentTopic: topic, timestampNs: BigInt(n), message }])
  }
}
