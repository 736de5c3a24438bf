import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startTestNode } from '../contract/test-node.ts'

type Span = {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[]
}

async function startCollector() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    bodies.push(Buffer.concat(chunks).toString())
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    bodies,
    spans: (): readonly Span[] =>
      bodies.flatMap((body) =>
        JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
          resource.scopeSpans.flatMap((scope) => scope.spans),
        ),
      ),
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('a publish is a trace from the call to the commit, and tells nothing about anybody', async () => {
  using collector = await startCollector()
  const testNode = await startTestNode({ 'otlp-url': collector.url })
  const message = Buffer.from('a-secret-payload').toString('base64')
  const topic = '/xmtp/0/m-topic-of-somebody/proto'
  const publish = (body: unknown) =>
    fetch(`${testNode.url}/message/v1/publish`, { method: 'POST', body: JSON.stringify(body) })
  const envelope = { contentTopic: topic, timestampNs: '1', message }
  expect((await publish({ envelopes: [envelope] })).status).toBe(200)
  const contact = { ...envelope, contentTopic: '/xmtp/0/contact-0x1/proto' }
  expect((await publish({ envelopes: [contact] })).status).toBe(403)
  await testNode[Symbol.asyncDispose]()

  const spans = collector.spans()
  const named = (name: string) => spans.filter((span) => span.name === name)
  const [call, refused] = named('xmtp.message_api.v1.MessageApi/Publish')
  const [ingest] = named('ingest')
  const [commit] = named('store commit')
  expect(ingest).toMatchObject({ traceId: call?.traceId, parentSpanId: call?.spanId })
  expect(commit).toMatchObject({ traceId: call?.traceId, parentSpanId: ingest?.spanId })
  expect(named('ingest admit')).toHaveLength(2)
  expect(refused?.attributes).toContainEqual({
    key: 'error.type',
    value: { stringValue: 'contact/not-a-bundle' },
  })
  const text = collector.bodies.join('')
  for (const secret of [topic, 'somebody', '0x1', message, '127.0.0.1']) {
    expect(text).not.toContain(secret)
  }
})

test('a node whose collector is away serves and stops all the same', async () => {
  await using testNode = await startTestNode({ 'otlp-url': 'http://127.0.0.1:9/v1/traces' })
  expect((await fetch(`${testNode.url}/readyz`)).status).toBe(200)
})
