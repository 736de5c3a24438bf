import { toUtf8 } from '@posthorn/bytes'
import { codecRegistry, decodeContent, encodeContent } from '@posthorn/content'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Notification, notificationCodec, notificationType } from './notification.ts'
import { subscriptionChangeCodec, subscriptionChangeType } from './subscription-change.ts'

const registry = codecRegistry([notificationCodec, subscriptionChangeCodec])

async function throughTheWire(content: unknown, contentType: typeof notificationType) {
  const { bytes } = await encodeContent(registry, content, { contentType })
  return decodeContent(registry, bytes)
}

test('notifications and changes come back as they were', async () => {
  const text = fc.string({ minLength: 1, maxLength: 100 })
  const arbitrary = fc.record(
    {
      topic: fc.constantFrom('news', 'price-alerts', 'a.b_c-1'),
      title: text,
      body: text,
      url: fc.webUrl({ validSchemes: ['https'] }),
      data: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text),
    },
    { requiredKeys: ['topic', 'title'] },
  )
  await fc.assert(
    fc.asyncProperty(arbitrary, async (notification) => {
      const incoming = await throughTheWire(notification, notificationType)
      expect(incoming).toMatchObject({ kind: 'decoded' })
      expect(incoming.kind === 'decoded' && incoming.content).toEqual(notification)
    }),
  )
  const change = { topic: 'news', state: 'muted' }
  const incoming = await throughTheWire(change, subscriptionChangeType)
  expect(incoming).toMatchObject({ kind: 'decoded', content: change, fallback: 'Muted news' })
})

test('what is no notification is refused', async () => {
  const good: Notification = { topic: 'news', title: 'Hello' }
  const bad: unknown[] = [
    {},
    [],
    { ...good, topic: 'News' },
    { ...good, title: 5 },
    { ...good, title: 'x'.repeat(201) },
    { ...good, url: 'javascript:alert(1)' },
    { ...good, url: 'http://example.org' },
    { ...good, data: { a: 1 } },
    { ...good, data: ['a'] },
  ]
  for (const each of bad) {
    const content = toUtf8(JSON.stringify(each))
    const encoded = { type: notificationType, parameters: {}, content }
    expect(() => notificationCodec.decode(encoded, registry)).toThrow(
      expect.objectContaining({ code: 'notification/malformed' }),
    )
  }
  for (const json of ['', '{', '"x"', '{"topic":"news"}', '{"topic":"news","state":"toString"}']) {
    const encoded = { type: subscriptionChangeType, parameters: {}, content: toUtf8(json) }
    expect(() => subscriptionChangeCodec.decode(encoded, registry)).toThrow(
      expect.objectContaining({ code: 'subscription/malformed' }),
    )
  }
})

test('a field that is not known is left out', () => {
  const json = '{"topic":"news","title":"Hi","__proto__":{"polluted":"x"},"extra":1,"body":null}'
  const encoded = { type: notificationType, parameters: {}, content: toUtf8(json) }
  expect(notificationCodec.decode(encoded, registry)).toEqual({ topic: 'news', title: 'Hi' })
})
