import { createHash, randomBytes } from 'node:crypto'
import { closableTopic, closingTopic, ephemeralTopic } from '@posthorn/envelope'
import type { Envelope } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})
afterAll(() => testNode[Symbol.asyncDispose]())

type Closable = { readonly topic: string; readonly closing: string; readonly secret: Uint8Array }

function newClosable(): Closable {
  const secret = randomBytes(32)
  const id = createHash('sha256').update(secret).digest('hex')
  return { topic: closableTopic(id), closing: closingTopic(id), secret }
}

function envelope(contentTopic: string, message: Uint8Array = randomBytes(8)): Envelope {
  return { contentTopic, timestampNs: 1n, message }
}

describe.each(protocols)('closable topics over %s', (protocol) => {
  const publish = (...envelopes: Envelope[]) => clientOf(testNode, protocol).publish(envelopes)

  test('are open until their secret is published, and closed for good from then on', async () => {
    const { topic, closing, secret } = newClosable()
    expect((await publish(envelope(topic))).status).toBe(0)
    expect((await publish(envelope(closing, secret))).status).toBe(0)
    for (const closed of [topic, ephemeralTopic(topic)]) {
      expect(await publish(envelope(closed))).toMatchObject({
        status: 7,
        message: expect.stringContaining('closed its topic for good'),
      })
    }
    const { reply } = await clientOf(testNode, protocol).query({ contentTopics: [topic] })
    expect(reply?.envelopes.length).toBe(1)
    expect((await publish(envelope(closing, secret))).status).toBe(0)
  })

  test('are not closed by anything but their secret', async () => {
    const { topic, closing, secret } = newClosable()
    const guesses = [
      new Uint8Array(0),
      new Uint8Array(32),
      secret.subarray(1),
      newClosable().secret,
    ]
    for (const guess of guesses) {
      expect(await publish(envelope(closing, guess))).toMatchObject({ status: 3 })
    }
    expect((await publish(envelope(topic))).status).toBe(0)
  })

  test('close one by one: others in the same publish are refused with it, and taken without it', async () => {
    const [one, other] = [newClosable(), newClosable()]
    await publish(envelope(one.closing, one.secret))
    expect((await publish(envelope(other.topic), envelope(one.topic))).status).toBe(7)
    const { reply } = await clientOf(testNode, protocol).query({ contentTopics: [other.topic] })
    expect(reply?.envelopes).toEqual([])
    expect((await publish(envelope(other.topic))).status).toBe(0)
  })
})
