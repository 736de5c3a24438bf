// HTTP/2 below what client libraries let one do.

import assert from 'node:assert/strict'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { type Check, within } from '../check.ts'
import { frame, framesOf } from '../grpc-web-client.ts'
import { type Envelope, envelope, publishRequest, subscribeRequest } from '../messages.ts'
import { envelopeOf, freshTopic } from '../world.ts'

type Fields = Record<string, unknown>

export const http2Checks: readonly Check[] = [
  onSession('a truncated frame ends with a status in the trailers', async (session) => {
    for (const body of [
      frame(Buffer.alloc(9)).subarray(0, 8),
      Buffer.alloc(0),
      Buffer.from([0, 0]),
    ]) {
      const { headers, trailers } = await call(session, 'Publish', [body])
      assert.equal(headers[':status'], 200)
      assert.ok(['3', '13'].includes(String(statusOf(headers, trailers))))
    }
  }),
  onSession('a message that comes byte by byte is whole', async (session, token) => {
    const bytes = frame(publishRequest.encode({ envelopes: [envelopeOf(freshTopic())] }))
    const parts = Array.from(bytes, (byte) => Buffer.from([byte]))
    const { headers, trailers } = await call(session, 'Publish', parts, token)
    assert.equal(String(statusOf(headers, trailers)), '0')
  }),
  onSession('JSON over HTTP/2 is answered as over HTTP/1.1', async (session) => {
    const stream = session.request({ ':method': 'POST', ':path': '/message/v1/query' })
    stream.end('{"contentTopics":["nobody"]}')
    const { headers, body } = await answerOf(stream)
    assert.equal(headers[':status'], 200)
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.deepEqual(JSON.parse(body.toString()).envelopes, [])
  }),
  onSession('gRPC over another method than POST is refused', async (session) => {
    const stream = session.request({
      ':method': 'GET',
      ':path': '/xmtp.message_api.v1.MessageApi/Query',
      'content-type': 'application/grpc',
    })
    const { headers } = await answerOf(stream)
    assert.notEqual(headers[':status'], 200)
  }),
  onSession(
    'messages of several in one chunk each change the topics of Subscribe2',
    async (session, token) => {
      const [a, b] = [freshTopic(), freshTopic()]
      const stream = open(session, 'Subscribe2')
      const sets = [[a], [b], []].map((contentTopics) =>
        frame(subscribeRequest.encode({ contentTopics })),
      )
      stream.write(
        Buffer.concat([...sets, frame(subscribeRequest.encode({ contentTopics: [a, b] }))]),
      )
      await within(1_000, 'headers', new Promise((resolve) => stream.once('response', resolve)))
      await within(1_000, 'ping', new Promise((resolve) => session.ping(resolve)))
      const envelopes = [envelopeOf(a, 'a'), envelopeOf(b, 'b')]
      await call(session, 'Publish', [frame(publishRequest.encode({ envelopes }))], token)
      const texts = await within(2_000, 'messages', textsOf(stream, 2))
      assert.deepEqual(texts, ['a', 'b'])
      stream.close(8)
    },
  ),
  onSession('junk on Subscribe2 ends that stream with a status and no other', async (session) => {
    const other = open(session, 'Subscribe2')
    const stream = open(session, 'Subscribe2')
    stream.write(frame(Buffer.from([0x0a, 5, 1])))
    const { headers, trailers } = await within(2_000, 'end', answerOf(stream))
    assert.ok(['3', '13'].includes(String(statusOf(headers, trailers))))
    assert.equal(other.closed, false)
    other.close(8)
  }),
  onSession(
    'a stream that is reset 100 times in a row disturbs no other',
    async (session, token) => {
      const topic = freshTopic()
      const watched = open(session, 'Subscribe')
      watched.end(frame(subscribeRequest.encode({ contentTopics: [topic] })))
      await new Promise((resolve) => watched.once('response', resolve))
      for (let i = 0; i < 100; i++) {
        const stream = open(session, 'Subscribe')
        stream.end(frame(subscribeRequest.encode({ contentTopics: [topic] })))
        stream.close(8)
      }
      const envelopes = [envelopeOf(topic, 'still here')]
      await call(session, 'Publish', [frame(publishRequest.encode({ envelopes }))], token)
      assert.deepEqual(await within(2_000, 'message', textsOf(watched, 1)), ['still here'])
      watched.close(8)
    },
  ),
]

function onSession(
  name: string,
  story: (session: ClientHttp2Session, token: string) => Promise<void>,
): Check {
  return {
    name: `http2: ${name}`,
    run: async ({ url, account, node }) => {
      const session = connect(url)
      session.on('error', () => {})
      try {
        await story(session, account.bearer())
        assert.ok(node.isAlive())
      } finally {
        session.destroy()
      }
    },
  }
}

function open(session: ClientHttp2Session, rpc: string, authorization?: string): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': `/xmtp.message_api.v1.MessageApi/${rpc}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(authorization === undefined ? {} : { authorization }),
  })
  stream.on('error', () => {})
  return stream
}

async function call(
  session: ClientHttp2Session,
  rpc: string,
  parts: readonly Buffer[],
  authorization?: string,
) {
  const stream = open(session, rpc, authorization)
  for (const part of parts) {
    stream.write(part)
    if (parts.length > 1) await new Promise((resolve) => setImmediate(resolve))
  }
  stream.end()
  return within(5_000, rpc, answerOf(stream))
}

function answerOf(
  stream: ClientHttp2Stream,
): Promise<{ headers: Fields; trailers: Fields; body: Buffer }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let headers: Fields = {}
    let trailers: Fields = {}
    stream.on('response', (fields) => {
      headers = fields
    })
    stream.on('trailers', (fields) => {
      trailers = fields
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('close', () => resolve({ headers, trailers, body: Buffer.concat(chunks) }))
  })
}

function statusOf(headers: Fields, trailers: Fields): unknown {
  return trailers['grpc-status'] ?? headers['grpc-status']
}

function textsOf(stream: ClientHttp2Stream, wanted: number): Promise<string[]> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    stream.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const messages = framesOf(bytes).map(({ message }) => envelope.decode(message) as Envelope)
      if (messages.length >= wanted) {
        resolve(messages.map(({ message }) => Buffer.from(message).toString()))
      }
    })
  })
}
