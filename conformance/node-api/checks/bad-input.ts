// Whatever comes in, the answer is typed, the node lives, and other streams go on.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type Check, sleep, within } from '../check.ts'
import { callWeb, frame } from '../grpc-web-client.ts'
import { openLines, post, rawHttp } from '../http-client.ts'
import { type Envelope, publishRequest } from '../messages.ts'
import { envelopeOf, freshTopic, type World } from '../world.ts'

const topic = '"contentTopic":"t"'
const badJson: readonly string[] = [
  '{',
  'nonsense',
  '[]',
  '"text"',
  '7',
  '{"envelopes":{}}',
  '{"envelopes":[null]}',
  '{"envelopes":[7]}',
  '{"envelopes":[{"contentTopic":7}]}',
  '{"envelopes":[{"contentTopic":["t"]}]}',
  `{"envelopes":[{${topic},"timestampNs":-1}]}`,
  `{"envelopes":[{${topic},"timestampNs":1.5}]}`,
  `{"envelopes":[{${topic},"timestampNs":"18446744073709551616"}]}`,
  `{"envelopes":[{${topic},"timestampNs":18446744073709551616}]}`,
  `{"envelopes":[{${topic},"timestampNs":"soon"}]}`,
  `{"envelopes":[{${topic},"timestampNs":true}]}`,
  `{"envelopes":[{${topic},"message":"*"}]}`,
  `{"envelopes":[{${topic},"message":"A"}]}`,
  `{"envelopes":[{${topic},"message":"AA=A"}]}`,
  `{"envelopes":[{${topic},"message":"AA==AA=="}]}`,
  `{"envelopes":[{${topic},"message":"AA A"}]}`,
  `{"envelopes":[{${topic},"message":{}}]}`,
  `{"envelopes":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`,
]
const badQueries: readonly string[] = [
  '{"contentTopics":"t"}',
  '{"contentTopics":[null]}',
  '{"contentTopics":["t"],"pagingInfo":[]}',
  '{"contentTopics":["t"],"pagingInfo":{"limit":-1}}',
  '{"contentTopics":["t"],"pagingInfo":{"limit":4294967296}}',
  '{"contentTopics":["t"],"pagingInfo":{"direction":"UP"}}',
  '{"contentTopics":["t"],"pagingInfo":{"cursor":{"index":{"digest":5}}}}',
]
const badFrames: Record<string, Buffer> = {
  'a message cut short': frame(Buffer.from([0x0a, 5, 1])),
  'a frame cut short': frame(Buffer.alloc(10)).subarray(0, 9),
  'a prefix cut short': Buffer.from([0, 0]),
  nothing: Buffer.alloc(0),
  'two frames': Buffer.concat([frame(Buffer.alloc(0)), frame(Buffer.alloc(0))]),
  'flags that are none': frame(Buffer.alloc(0), 7),
  'compressed without saying how': frame(gzipSync(Buffer.alloc(9)), 1),
  'a varint without end': frame(Buffer.alloc(40, 0xff)),
  'field number 0': frame(Buffer.from([0x00, 1])),
  'a group without end': frame(Buffer.from([0x0b])),
}

export const badInputChecks: readonly Check[] = [
  undisturbed('malformed JSON, wrong types and bad base64 are refused with 400', async (world) => {
    const headers = { authorization: world.account.bearer() }
    for (const body of badJson) {
      const { status, body: answer } = await post(`${world.url}/message/v1/publish`, body, headers)
      assert.deepEqual([status, answer.code], [400, 3], body.slice(0, 80))
    }
    for (const path of ['query', 'subscribe']) {
      for (const body of badQueries.slice(0, path === 'query' ? undefined : 2)) {
        const answer = await post(`${world.url}/message/v1/${path}`, body)
        assert.equal(answer.status, 400, body)
        if (path === 'query') assert.equal(answer.body.code, 3)
        else assert.match(answer.text, /^{"error": ?{"code": ?3,.*}}\n$/)
      }
    }
  }),
  undisturbed(
    'bodies that are not UTF-8 are refused, those with a byte order mark answered',
    async ({ url }) => {
      const bad = Buffer.from('{"contentTopics":["\xff\xfe"]}', 'latin1')
      assert.equal((await post(`${url}/message/v1/query`, bad)).status, 400)
      const marked = await post(`${url}/message/v1/query`, '\ufeff{"contentTopics":["t"]}')
      assert.ok([200, 400].includes(marked.status))
    },
  ),
  undisturbed('malformed frames and messages are refused with a status', async ({ url }) => {
    for (const [what, body] of Object.entries(badFrames)) {
      const path = `${url}/xmtp.message_api.v1.MessageApi/Publish`
      for (const isText of [false, true]) {
        const outcome = await callWeb(path, body, { isText })
        assert.ok([3, 13, 12].includes(outcome.code), `${what}: ${outcome.code}`)
        assert.equal(outcome.response.status, 200)
      }
    }
  }),
  undisturbed(
    'a topic that is not UTF-8 is refused, as proto3 has it',
    async ({ url, account }) => {
      const path = `${url}/xmtp.message_api.v1.MessageApi`
      const headers = { authorization: account.bearer() }
      const publish = Buffer.from([0x0a, 3, 0x0a, 1, 0xff])
      const outcome = await callWeb(`${path}/Publish`, frame(publish), { headers })
      assert.ok([3, 13].includes(outcome.code), `Publish: ${outcome.code}`)
      const query = await callWeb(`${path}/Query`, frame(Buffer.from([0x0a, 1, 0xff])))
      assert.ok([3, 13].includes(query.code), `Query: ${query.code}`)
    },
  ),
  undisturbed('a body of grpc-web-text that is not base64 is refused', async ({ url }) => {
    const answer = await fetch(`${url}/xmtp.message_api.v1.MessageApi/Query`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body: '!!!!',
    })
    assert.equal(answer.status, 200)
    assert.match(Buffer.from(await answer.text(), 'base64').toString(), /grpc-status: ?3/)
  }),
  undisturbed(
    'JSON requests over the limit are refused with 429, with or without a length',
    async ({ url, node }) => {
      const huge = Buffer.alloc(72 * 1_048_576, 0x20)
      const answer = await post(`${url}/message/v1/publish`, huge)
      assert.deepEqual([answer.status, answer.body.code], [429, 8])
      const head = 'POST /message/v1/query HTTP/1.1\r\nhost: a\r\nconnection: close\r\n'
      const declared = await rawHttp(node.port, [`${head}content-length: 99999999999\r\n\r\n`])
      assert.match(declared, /^HTTP\/1.1 429 /)
    },
  ),
  undisturbed('a gzip bomb is refused', async ({ url }) => {
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576))
    const path = `${url}/xmtp.message_api.v1.MessageApi/Publish`
    const outcome = await callWeb(path, frame(bomb, 1), { headers: { 'grpc-encoding': 'gzip' } })
    assert.equal(outcome.code, 8)
    const json = await post(`${url}/message/v1/query`, bomb, { 'content-encoding': 'gzip' })
    assert.deepEqual([json.status, json.body.code], [429, 8])
  }),
  undisturbed('unknown encodings and time limits that are none are refused', async ({ url }) => {
    const path = `${url}/xmtp.message_api.v1.MessageApi/Query`
    const encoded = await callWeb(path, frame(Buffer.alloc(0)), {
      headers: { 'grpc-encoding': 'br' },
    })
    assert.equal(encoded.code, 12)
    const timed = await callWeb(path, frame(Buffer.alloc(0)), {
      headers: { 'grpc-timeout': 'soon' },
    })
    assert.ok([3, 13].includes(timed.code))
  }),
  undisturbed('bytes that are no protocol are answered with 400 or silence', async ({ node }) => {
    for (const junk of [
      '\0\0\0\0\0\0',
      'GARBAGE\r\n\r\n',
      `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      const got = await within(
        5_000,
        'junk',
        rawHttp(node.port, [junk]).catch(() => ''),
      )
      assert.match(got, /^(HTTP\/1.1 4\d\d |$)/)
    }
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
    for (const after of [Buffer.alloc(64, 0xff), Buffer.from([0, 0, 1, 9, 9, 9])]) {
      const socket = connect(node.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(preface)
      socket.write(after)
      await sleep(100)
      socket.destroy()
    }
  }),
  undisturbed('two requests in one packet are answered in order', async ({ node }) => {
    const body = '{"contentTopics":["t"]}'
    const one = `POST /message/v1/query HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n`
    const got = await rawHttp(node.port, [
      `${one}\r\n${body}GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
    ])
    assert.deepEqual(got.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 404'])
  }),
  undisturbed(
    'clients that leave in the middle of anything are forgotten',
    async ({ node, url }) => {
      const heads = [
        'POST /message/v1/publish HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"env',
        'POST /message/v1/subscribe HTTP/1.1\r\nhost: a\r\ncontent-length: 21\r\n\r\n{"contentTopics":["*"]}',
        'POST /message/v1/publish HT',
        'PRI * HTTP/2.0\r\n\r\nSM',
        'PR',
      ]
      for (const head of [...heads, ...heads]) {
        const socket = connect(node.port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(head)
        await sleep(30)
        socket.resetAndDestroy()
      }
      for (let i = 0; i < 20; i++) {
        const stream = await openLines(`${url}/message/v1/subscribe`, { contentTopics: ['*'] })
        stream.close()
      }
    },
  ),
  undisturbed('a publish of too many envelopes is refused whole', async ({ url, account }) => {
    const one = freshTopic()
    const envelopes = Array.from({ length: 70_000 }, () => ({ contentTopic: one, message: '' }))
    const headers = { authorization: account.bearer() }
    const answer = await post(`${url}/message/v1/publish`, { envelopes }, headers)
    assert.deepEqual([answer.status, answer.body.code], [400, 3])
    const page = await post(`${url}/message/v1/query`, { contentTopics: [one] })
    assert.deepEqual((page.body as never as { envelopes: [] }).envelopes, [])
  }),
  undisturbed('unknown protobuf fields are passed over', async ({ url, account, apis }) => {
    const name = freshTopic()
    const known = publishRequest.encode({ envelopes: [envelopeOf(name, 'kept')] })
    const unknown = Buffer.from([0xa2, 0x06, 2, 1, 2, 0xa8, 0x06, 5])
    const path = `${url}/xmtp.message_api.v1.MessageApi/Publish`
    const body = frame(Buffer.concat([unknown, known, unknown]))
    const outcome = await callWeb(path, body, { headers: { authorization: account.bearer() } })
    assert.equal(outcome.code, 0, outcome.message)
    const page = await apis[0]?.query({ contentTopics: [name] })
    assert.equal(page?.reply?.envelopes.length, 1)
  }),
]

/** Runs a story while a stream is open, and sees that the stream still hears and the node lives. */
function undisturbed(name: string, story: (world: World) => Promise<void>): Check {
  return {
    name: `bad input: ${name}`,
    run: async (world) => {
      const watched = freshTopic()
      const stream = world.grpc.stream<Envelope>('Subscribe', { contentTopics: [watched] })
      await stream.headers
      await story(world)
      await world.publish([envelopeOf(watched)])
      await within(2_000, 'the other stream', stream.count(1))
      stream.call.cancel()
      assert.ok(world.node.isAlive())
    },
  }
}
