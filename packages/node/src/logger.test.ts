import { describe, expect, test } from 'vitest'
import { createTestAccount } from './contract/test-account.ts'
import { startTestNode } from './contract/test-node.ts'
import { createLogger } from './logger.ts'

function capture(format: 'json' | 'pretty', level: 'debug' | 'info' = 'info') {
  const lines: string[] = []
  return { lines, log: createLogger({ format, level, write: (line) => lines.push(line) }) }
}

describe('log', () => {
  test('in JSON is one object a line', () => {
    const { lines, log } = capture('json')
    log.info({ event: 'ready', count: 1 }, 'Node is ready')
    log.debug({}, 'quiet')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      event: 'ready',
      count: 1,
      msg: 'Node is ready',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  test('for people is a line with the time, the level and the fields', () => {
    const { lines, log } = capture('pretty')
    log.warn({ event: 'x', count: 1, name: 'y' }, 'Something')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}Something count=1 name=y\n$/)
  })

  test('for people shows the stack of an error', () => {
    const { lines, log } = capture('pretty')
    log.error({ error: new RangeError('broken') }, 'Call failed')
    expect(lines[0]).toContain('RangeError: broken\n      at ')
  })

  test('of a node never holds addresses, topics, tokens or payloads', async () => {
    const { lines, log } = capture('json', 'debug')
    const account = await createTestAccount(1, Date.now())
    const authorization = account.authorization(BigInt(Date.now()) * 1_000_000n)
    await using testNode = await startTestNode({ auth: 'on' }, { log })
    const topic = '/xmtp/0/m-canarytopic/proto'
    const message = Buffer.from('canary payload')
    for (const client of testNode.clients) {
      const live = await client.subscribe([topic])
      await client.publish([{ contentTopic: topic, timestampNs: 1n, message }], authorization)
      await client.publish([{ contentTopic: topic, timestampNs: 1n, message }], 'Bearer canary')
      await client.publish([account.contact(5n), account.contact(2n ** 64n - 1n)], authorization)
      await client.query({ contentTopics: [] })
      live.cancel()
    }
    const text = lines.join('')
    expect(lines.length).toBeGreaterThan(10)
    for (const secret of [
      topic,
      'canary',
      account.address,
      authorization,
      message.toString('base64'),
    ]) {
      expect(text).not.toContain(secret)
    }
  })
})
