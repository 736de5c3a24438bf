import { AdmissionError, CodecError, ValidationError, VerificationError } from '@posthorn/errors'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { down, type TestNode, testNode } from './across-nodes/test-nodes.ts'
import { type AcrossNodesOptions, acrossNodes } from './across-nodes.ts'
import { testEnvelope, testTransport } from './contract.ts'
import type { LogPosition, Transport } from './transport.ts'

const topic = '/xmtp/0/m-1/proto'
const random = (): number => 0.5
const refusal = new ValidationError('transport/invalid-argument', 'Publish: no')
const garbage = new CodecError('transport/bad-reply', 'Read reply: garbage')
// Longer than the first rest of a node, shorter than its second.
const restMs = 1_000

function world(count: number, options: Partial<AcrossNodesOptions> = {}) {
  const clock = createVirtualClock()
  const nodes = Array.from({ length: count }, (_, n) => testNode(`node ${n}`))
  const transport = acrossNodes(nodes, { clock, random, ...options })
  const [first, second, third] = nodes as [TestNode, TestNode, TestNode]
  return { clock, nodes, first, second, third, transport }
}

const stored = (node: TestNode): number => node.network.stored.length
const read = (transport: Transport) => transport.query({ topics: [topic], limit: 2 })
const publish = (transport: Transport, time = 1) => transport.publish([testEnvelope(topic, time)])

for (const count of [1, 3]) {
  testTransport(`transport across ${count} nodes`, async () => {
    const { nodes, clock } = world(count)
    return {
      connect: () => {
        const connections = nodes.map(({ name, network }) => ({
          name,
          transport: network.connect(),
        }))
        return acrossNodes(connections, { clock, random })
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
  })
}

describe('reading across nodes', () => {
  test('default: one node is read from, as long as it answers', async () => {
    const { transport, nodes } = world(3)
    for (let n = 0; n < 3; n++) await read(transport)
    expect(nodes.map(({ calls }) => calls.length)).toEqual([3, 0, 0])
  })

  test.each([
    ['is down', down()],
    ['answers garbage', garbage],
    ['takes no more', new AdmissionError('rate/exceeded', 'Query: busy', { retryAfterMs: 10 })],
  ])(
    'default: a node that %s is left alone for a while, and longer the next time',
    async (_what, failure) => {
      const { clock, transport, first, second } = world(2)
      await second.transport.publish([testEnvelope(topic, 1)])
      first.failure = failure
      expect((await read(transport)).envelopes).toHaveLength(1)
      await read(transport)
      expect(first.calls).toEqual(['query'])
      second.failure = down()
      await expect(read(transport)).rejects.toBeDefined()
      expect(first.calls).toHaveLength(2)
      await clock.advance(restMs)
      second.failure = undefined
      await read(transport)
      expect(first.calls).toHaveLength(2)
    },
  )

  test('behavior: the node that took over stays in use when the other one is back', async () => {
    const { clock, transport, first, second } = world(2)
    first.failure = down()
    await read(transport)
    first.failure = undefined
    await clock.advance(60_000)
    await read(transport)
    expect([first.calls.length, second.calls.slice(-2)]).toEqual([1, ['query', 'query']])
  })

  test('behavior: a page goes on at the node that gave it, and elsewhere when that is down', async () => {
    const { transport, first, second } = world(2)
    const times = [1, 2, 3, 4, 5, 6]
    const rows = times.map((time) => testEnvelope(topic, time))
    await first.transport.publish(rows)
    await second.transport.publish(rows.filter(({ timestampNs }) => timestampNs !== 3n))
    const page = await read(transport)
    first.failure = down()
    await read(transport)
    first.failure = undefined
    const further = { topics: [topic], limit: 2, cursor: page.nextCursor }
    const calls = second.calls.length
    const elsewhere = await transport.query(further)
    expect(second.calls.length).toBe(calls + 1)
    expect(elsewhere.envelopes.map(({ timestampNs }) => timestampNs)).toEqual([4n, 2n])
    const { transport: anew, first: giver, second: other } = world(2)
    await giver.transport.publish(rows)
    const begun = await read(anew)
    other.calls.length = 0
    giver.calls.length = 0
    await anew.query({ ...further, cursor: begun.nextCursor })
    expect([giver.calls, other.calls]).toEqual([['query'], []])
  })

  test('behavior: a page goes on at its node although another one is in use by now', async () => {
    const { clock, transport, first, second } = world(2)
    await first.transport.publish([1, 2, 3].map((time) => testEnvelope(topic, time)))
    const page = await read(transport)
    first.failure = down()
    await read(transport)
    first.failure = undefined
    await clock.advance(restMs)
    first.calls.length = 0
    second.calls.length = 0
    const rest = await transport.query({ topics: [topic], limit: 2, cursor: page.nextCursor })
    expect(rest.envelopes.map(({ timestampNs }) => timestampNs)).toEqual([1n])
    expect([first.calls, second.calls]).toEqual([['query'], []])
  })

  test('error: when no node answers, an answer tells more than trouble', async () => {
    const { transport, first, second } = world(2)
    first.failure = garbage
    second.failure = down()
    await expect(read(transport)).rejects.toMatchObject({ code: 'transport/unavailable' })
    first.failure = refusal
    await expect(read(transport)).rejects.toBe(refusal)
  })
})

describe('publishing across nodes', () => {
  test('default: every node gets it, and one acknowledgement is enough', async () => {
    const { transport, nodes, second, third } = world(3)
    let open = (): void => undefined
    third.gate = new Promise((resolve) => {
      open = resolve
    })
    second.failure = down()
    await publish(transport)
    expect(nodes.map(stored)).toEqual([1, 0, 0])
    open()
    await third.gate
    await new Promise((resolve) => setImmediate(resolve))
    expect(stored(third)).toBe(1)
  })

  test('default: what failed is tried again in the background, a few times', async () => {
    const { clock, transport, second } = world(2)
    second.failure = down()
    await publish(transport)
    await clock.advance(restMs)
    second.failure = undefined
    await clock.advance(60_000)
    expect(stored(second)).toBe(1)
    second.failure = down()
    second.calls.length = 0
    await publish(transport, 2)
    await clock.advance(3_600_000)
    expect(second.calls).toHaveLength(4)
    expect(clock.pendingTimers()).toBe(0)
  })

  test('behavior: the caller may go home once it is answered', async () => {
    const { clock, transport, second } = world(2)
    second.failure = down()
    const caller = new AbortController()
    await transport.publish([testEnvelope(topic, 1)], { signal: caller.signal })
    caller.abort()
    second.failure = undefined
    await clock.advance(60_000)
    expect(stored(second)).toBe(1)
  })

  test('behavior: closing ends what goes on in the background', async () => {
    const { clock, transport, second } = world(2)
    second.failure = down()
    await publish(transport)
    await transport[Symbol.asyncDispose]()
    await clock.advance(60_000)
    expect([second.calls.length, clock.pendingTimers()]).toEqual([1, 0])
  })

  test('behavior: only so much waits in the background', async () => {
    const { clock, transport, first, second } = world(2)
    let open = (): void => undefined
    second.gate = new Promise((resolve) => {
      open = resolve
    })
    for (let time = 0; time < 130; time++) await publish(transport, time)
    open()
    await clock.advance(60_000)
    expect([stored(first), stored(second)]).toEqual([130, 100])
  })

  test.each([
    [2, 1],
    [3, 0],
  ])(
    'default: %d acknowledgements of 3 bear %d nodes that are down',
    async (acknowledgements, bears) => {
      const { transport, nodes, first, second } = world(3, { acknowledgements })
      if (bears > 0) first.failure = down()
      await publish(transport)
      expect(nodes.map(stored).filter((count) => count === 1).length).toBe(3 - bears)
      second.failure = down()
      await expect(publish(transport, 2)).rejects.toMatchObject({ code: 'transport/unavailable' })
    },
  )

  test('behavior: nodes that rest are asked when the others are not enough', async () => {
    const { transport, first, second } = world(2)
    first.failure = down()
    await read(transport)
    first.failure = undefined
    await publish(transport)
    expect([stored(first), stored(second)]).toEqual([0, 1])
    second.failure = down()
    await publish(transport, 2)
    expect([stored(first), stored(second)]).toEqual([1, 1])
  })

  test('error: a refusal by all is the refusal, by some it is not', async () => {
    const { transport, first, second } = world(2)
    first.failure = refusal
    await publish(transport)
    expect(stored(second)).toBe(1)
    second.failure = down()
    await expect(publish(transport, 2)).rejects.toBe(refusal)
    const expired = new VerificationError('transport/unauthenticated', 'Publish: expired')
    second.failure = expired
    await expect(publish(transport, 3)).rejects.toBe(expired)
  })

  test('error: cancelling before it is answered is transport/cancelled', async () => {
    const { transport, first, second } = world(2)
    const caller = new AbortController()
    first.gate = new Promise((resolve) => caller.signal.addEventListener('abort', () => resolve()))
    second.gate = first.gate
    const publishing = transport.publish([testEnvelope(topic, 1)], { signal: caller.signal })
    caller.abort()
    await expect(publishing).rejects.toMatchObject({ code: 'transport/cancelled' })
  })
})

describe('streams across nodes', () => {
  const streamOf = (transport: Transport, position?: LogPosition) => {
    const marks: string[] = []
    const onMark = ({ logId }: { readonly logId: string }) => void marks.push(logId)
    const stream = transport.subscribe([topic], { onMark, position })[Symbol.asyncIterator]()
    return { marks, next: () => stream.next() }
  }
  const positionIn = (logId: string): LogPosition => ({ logId, afterSequence: 1 })

  test('default: a node that is down at the start is passed over', async () => {
    const { transport, first, second } = world(2)
    first.failure = down()
    const stream = streamOf(transport)
    const next = stream.next()
    await new Promise((resolve) => setImmediate(resolve))
    await second.transport.publish([testEnvelope(topic, 7)])
    expect((await next).value).toMatchObject({ timestampNs: 7n })
    expect(stream.marks).toEqual(['node 1'])
  })

  test('default: a stream that breaks says so, and the next one is of another node', async () => {
    const { transport, first } = world(2)
    const stream = streamOf(transport)
    const next = stream.next()
    await new Promise((resolve) => setImmediate(resolve))
    first.network.dropStreams()
    await expect(next).rejects.toMatchObject({ code: 'transport/unavailable' })
    const again = streamOf(transport)
    void again.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(again.marks).toEqual(['node 1'])
  })

  test('default: a position goes to the node whose numbers it has, or is refused at once', async () => {
    const { clock, transport, first, second } = world(2)
    const stream = streamOf(transport)
    const next = stream.next()
    await new Promise((resolve) => setImmediate(resolve))
    first.network.dropStreams()
    await expect(next).rejects.toBeDefined()
    await expect(streamOf(transport, positionIn('node 0')).next()).rejects.toMatchObject({
      name: 'ValidationError',
      code: 'transport/other-log',
    })
    expect(second.calls).toEqual([])
    await read(transport)
    await clock.advance(restMs)
    const again = streamOf(transport, positionIn('node 0'))
    void again.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(again.marks).toEqual(['node 0'])
  })

  test('behavior: a position of no node that is known is tried with each', async () => {
    const { transport, first } = world(2)
    first.failure = refusal
    const stream = streamOf(transport, positionIn('unknown'))
    void stream.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(stream.marks).toEqual(['node 1'])
  })
})

describe('second opinion', () => {
  const asked: unknown[] = []
  const secondOpinion: AcrossNodesOptions['secondOpinion'] = {
    isWanted: (each) => each === topic,
    judge: (each, answers) => {
      asked.push([each, answers.map(({ node, envelopes }) => [node, envelopes.length])])
      return answers.flatMap(({ envelopes }) => envelopes)
    },
  }
  const other = '/xmtp/0/m-2/proto'

  test('default: two nodes are asked about the topics that matter, alone and in batches', async () => {
    asked.length = 0
    const { transport, nodes, first, second } = world(3, { secondOpinion })
    await first.transport.publish([testEnvelope(topic, 1), testEnvelope(other, 1)])
    await second.transport.publish([testEnvelope(topic, 2), testEnvelope(other, 2)])
    for (const node of nodes) node.calls.length = 0
    expect((await read(transport)).envelopes).toHaveLength(2)
    const pages = await transport.batchQuery([{ topics: [other] }, { topics: [topic] }])
    expect(pages.map(({ envelopes }) => envelopes.length)).toEqual([1, 2])
    await transport.query({ topics: [other] })
    const answers = [
      ['node 0', 1],
      ['node 1', 1],
    ]
    expect(asked).toEqual([
      [topic, answers],
      [topic, answers],
    ])
    expect(nodes.map(({ calls }) => calls.length)).toEqual([3, 2, 0])
  })

  test('behavior: the third node stands in, and one answer is better than none', async () => {
    asked.length = 0
    const { transport, first, third } = world(3, { secondOpinion })
    first.failure = down()
    await read(transport)
    third.failure = down()
    await read(transport)
    const [both, one] = asked as [[string, unknown[]], [string, unknown[]]]
    expect([both[1].length, one[1].length]).toEqual([2, 1])
  })

  test('behavior: one node alone is believed', async () => {
    asked.length = 0
    const { transport } = world(1, { secondOpinion })
    await read(transport)
    expect(asked).toEqual([])
  })
})

test.each([
  [0, undefined, 'transport/no-nodes'],
  [2, 0, 'transport/bad-acknowledgements'],
  [2, 3, 'transport/bad-acknowledgements'],
  [2, 1.5, 'transport/bad-acknowledgements'],
])('error: %d nodes with %s acknowledgements are %s', (count, acknowledgements, code) => {
  expect(() => world(count, { acknowledgements })).toThrow(expect.objectContaining({ code }))
})
