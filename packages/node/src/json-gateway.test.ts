import { gunzipSync, gzipSync } from 'node:zlib'
import { createVirtualClock } from '@posthorn/testing'
import { PublishRequest, QueryRequest, QueryResponse } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryOf } from './contract/api-client.ts'
import { startTestNode, type TestNode } from './contract/test-node.ts'

const maxRequestBytes = 150_000
let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode({ 'max-request-bytes': maxRequestBytes })
})
afterAll(() => testNode[Symbol.asyncDispose]())

const post = (path: string, body: BodyInit, headers?: Record<string, string>) =>
  testNode.json.post(`/message/v1/${path}`, body, headers)

describe('JSON output', () => {
  test('of an empty query has every field', async () => {
    const { text, headers, httpStatus } = await post('query', '{"contentTopics":["none"]}')
    expect(httpStatus).toBe(200)
    expect(text).toBe(
      '{"envelopes":[],"pagingInfo":{"limit":0,"cursor":null,"direction":"SORT_DIRECTION_DESCENDING"}}',
    )
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('grpc-metadata-content-type')).toBe('application/grpc')
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  test('of a publish is the empty object', async () => {
    expect((await post('publish', '{"envelopes":[]}')).text).toBe('{}')
  })

  test('of a full page has the cursor of its last row', async () => {
    const topic = 'topic "with" quotes \\ and ü'
    const envelope = { contentTopic: topic, timestampNs: '18446744073709551615', message: '+/8=' }
    await post('publish', JSON.stringify({ envelopes: [envelope] }))
    const request = { contentTopics: [topic], pagingInfo: { limit: 1 } }
    const reply = JSON.parse((await post('query', JSON.stringify(request))).text)
    expect(reply.envelopes).toEqual([envelope])
    expect(reply.pagingInfo).toEqual({
      limit: 1,
      cursor: {
        index: {
          digest: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
          senderTimeNs: '18446744073709551615',
        },
      },
      direction: 'SORT_DIRECTION_DESCENDING',
    })
  })

  test('of an error has the code, the message and no details', async () => {
    const { text, headers } = await post('query', '{}')
    expect(JSON.parse(text)).toEqual({
      code: 3,
      message: expect.stringContaining('content topics required'),
      details: [],
    })
    expect(headers.get('x-posthorn-error')).toBe('query/no-topics')
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('grpc-message')
  })

  test.each(['query', 'batch-query'])('of %s is compressed for who accepts it', async (path) => {
    const response = await rawFetch(`/message/v1/${path}`, '{"contentTopics":["a"]}', {
      'accept-encoding': 'gzip, deflate',
    })
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(response.body).toString()).toContain('{')
    const plain = await rawFetch(`/message/v1/${path}`, '{"contentTopics":["a"]}', {
      'accept-encoding': 'gzip;q=0, identity',
    })
    expect(plain.headers['content-encoding']).toBeUndefined()
  })

  test('of a publish is never compressed', async () => {
    const response = await rawFetch('/message/v1/publish', '{}', { 'accept-encoding': 'gzip' })
    expect(response.headers['content-encoding']).toBeUndefined()
  })
})

describe('JSON input', () => {
  test.each<readonly [string, string]>([
    ['snake case', '{"envelopes":[{"content_topic":"IN","timestamp_ns":"5","message":"AAE="}]}'],
    ['numbers', '{"envelopes":[{"contentTopic":"IN","timestampNs":5,"message":"AAE="}]}'],
    [
      'whole numbers with a point',
      '{"envelopes":[{"contentTopic":"IN","timestampNs":5.0,"message":"AAE="}]}',
    ],
    ['unpadded base64', '{"envelopes":[{"contentTopic":"IN","timestampNs":"5","message":"AAE"}]}'],
    [
      'unknown fields',
      '{"envelopes":[{"contentTopic":"IN","timestampNs":"5","message":"AAE","x":{"y":[1]}}],"z":0}',
    ],
    [
      'nulls for absent fields',
      '{"envelopes":[{"contentTopic":"IN","timestampNs":"5","message":"AAE","extra":null}],"also":null}',
    ],
    [
      'hostile keys',
      '{"__proto__":{"envelopes":1},"constructor":1,"envelopes":[{"contentTopic":"IN","timestampNs":"5","message":"AAE"}]}',
    ],
  ])('with %s is read', async (name, body) => {
    const topic = `in ${name}`
    expect((await post('publish', body.replaceAll('IN', topic))).text).toBe('{}')
    const { text } = await post('query', JSON.stringify({ content_topics: [topic] }))
    expect(JSON.parse(text).envelopes).toEqual([
      { contentTopic: topic, timestampNs: '5', message: 'AAE=' },
    ])
  })

  test('keeps every digit of 64-bit numbers', async () => {
    const body = '{"envelopes":[{"contentTopic":"digits","timestampNs":1700000000000000123}]}'
    expect((await post('publish', body)).httpStatus).toBe(200)
    const { text } = await post('query', '{"contentTopics":["digits"]}')
    expect(text).toContain('"timestampNs":"1700000000000000123"')
  })

  test('with URL base64 is read', async () => {
    const body = '{"envelopes":[{"contentTopic":"url","message":"-_-_"}]}'
    await post('publish', body)
    expect((await post('query', '{"contentTopics":["url"]}')).text).toContain('"message":"+/+/"')
  })

  test.each(['1', '"SORT_DIRECTION_ASCENDING"'])('with direction %s is read', async (direction) => {
    const body = `{"contentTopics":["a"],"pagingInfo":{"direction":${direction},"limit":"7"}}`
    expect((await post('query', body)).text).toContain('"direction":"SORT_DIRECTION_ASCENDING"')
  })

  test('without a body is the empty message', async () => {
    expect((await post('publish', '')).text).toBe('{}')
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])(
    'of content type %s is read',
    async (type) => {
      const reply = await post('query', '{"contentTopics":["a"]}', { 'content-type': type })
      expect(reply.httpStatus).toBe(200)
    },
  )

  test('in protobuf is answered in protobuf', async () => {
    const headers = { 'content-type': 'application/x-protobuf' }
    const envelope = { contentTopic: 'binary', timestampNs: 1n, message: Buffer.from('b') }
    const publish = PublishRequest.encode({ envelopes: [envelope] }).finish()
    expect((await post('publish', new Uint8Array(publish), headers)).httpStatus).toBe(200)
    const query = QueryRequest.encode(queryOf({ contentTopics: ['binary'] })).finish()
    const reply = await rawFetch('/message/v1/query', Buffer.from(query), headers)
    expect(reply.headers['content-type']).toBe('application/octet-stream')
    expect(QueryResponse.decode(reply.body).envelopes).toHaveLength(1)
  })

  test('in gzip is inflated, and no further than allowed', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const small = new Uint8Array(gzipSync('{"contentTopics":["a"]}'))
    expect((await post('query', small, headers)).httpStatus).toBe(200)
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(50 * maxRequestBytes, ' ')))
    expect((await post('query', bomb, headers)).httpStatus).toBe(429)
    const cut = small.subarray(0, small.length - 9)
    expect((await post('query', cut, headers)).httpStatus).toBe(400)
  })

  test.each<readonly [string, string, string]>([
    ['publish', '{bad', 'not JSON'],
    ['publish', '{"envelopes":', 'not JSON'],
    ['publish', '[]', 'the request: found an array, expected an object'],
    ['publish', '"text"', 'the request: found a string, expected an object'],
    ['publish', '{"envelopes":{}}', 'envelopes: found an object, expected an array'],
    ['publish', '{"envelopes":[null]}', 'envelopes[0]: found null, expected a value'],
    [
      'publish',
      '{"envelopes":[{"contentTopic":1}]}',
      'envelopes[0].contentTopic: found an integer, expected a string',
    ],
    ['publish', '{"envelopes":[{"message":"a"}]}', 'envelopes[0].message'],
    ['publish', '{"envelopes":[{"message":"AA A"}]}', 'base64'],
    ['publish', '{"envelopes":[{"message":"AAE=="}]}', 'base64'],
    ['publish', '{"envelopes":[{"message":"A=AE"}]}', 'base64'],
    ['publish', '{"envelopes":[{"message":[1,2]}]}', 'envelopes[0].message: found an array'],
    ['publish', '{"envelopes":[{"timestampNs":-1}]}', 'out of range'],
    ['publish', '{"envelopes":[{"timestampNs":"-1"}]}', 'out of range'],
    ['publish', '{"envelopes":[{"timestampNs":18446744073709551616}]}', 'out of range'],
    ['publish', '{"envelopes":[{"timestampNs":"18446744073709551616"}]}', 'out of range'],
    ['publish', '{"envelopes":[{"timestampNs":1.5}]}', 'timestampNs: found a number'],
    ['publish', '{"envelopes":[{"timestampNs":"5x"}]}', 'timestampNs: found a string'],
    ['publish', '{"envelopes":[{"timestampNs":true}]}', 'timestampNs: found a boolean'],
    ['query', '{"contentTopics":"a"}', 'contentTopics: found a string, expected an array'],
    ['query', '{"contentTopics":["a"],"pagingInfo":{"limit":4294967296}}', 'pagingInfo.limit'],
    [
      'query',
      '{"contentTopics":["a"],"pagingInfo":{"direction":"UP"}}',
      'SORT_DIRECTION_ASCENDING',
    ],
    ['query', '{"contentTopics":["a"],"pagingInfo":{"direction":9}}', 'pagingInfo.direction'],
    [
      'query',
      '{"contentTopics":["a"],"pagingInfo":{"cursor":{"index":{"digest":"*"}}}}',
      'pagingInfo.cursor.index.digest',
    ],
    ['query', `{"x":${'['.repeat(100)}${']'.repeat(100)}}`, 'too deep'],
    ['query', `${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'too deep'],
  ])('of %s %s is refused: %s', async (path, body, text) => {
    const reply = await post(path, body)
    expect(reply.httpStatus).toBe(400)
    expect(JSON.parse(reply.text)).toMatchObject({
      code: 3,
      message: expect.stringContaining(text),
    })
  })

  test('that is not UTF-8 is refused', async () => {
    const reply = await post('query', Uint8Array.from([0x22, 0xff, 0x22]))
    expect(reply.httpStatus).toBe(400)
  })

  test('larger than the limit is refused, said or unsaid', async () => {
    const large = 'x'.repeat(2 * maxRequestBytes)
    const said = await post('publish', large)
    expect(said.httpStatus).toBe(429)
    expect(JSON.parse(said.text).message).toMatch(
      /^grpc: received message larger than max \(\d+ vs\. \d+\)$/,
    )
    const unsaid = await fetch(`${testNode.url}/message/v1/publish`, {
      method: 'POST',
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(unsaid.status).toBe(429)
  })
})

describe('JSON routes', () => {
  test('that do not exist are 404', async () => {
    const reply = await testNode.json.post('/message/v1/nothing', '{}')
    expect(reply).toMatchObject({
      httpStatus: 404,
      text: '{"code":5,"message":"Not Found","details":[]}',
    })
  })

  test.each(['GET', 'PUT', 'DELETE'])('called by %s are 501', async (method) => {
    const response = await fetch(`${testNode.url}/message/v1/query`, { method })
    expect(response.status).toBe(501)
    expect(await response.json()).toEqual({
      code: 12,
      message: 'Method Not Allowed',
      details: [],
    })
  })

  test('allow browsers of any origin', async () => {
    const response = await fetch(`${testNode.url}/message/v1/publish`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toBe(
      'GET,HEAD,POST,PUT,PATCH,DELETE',
    )
    const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase().split(',')
    for (const header of [
      'authorization',
      'content-type',
      'x-client-version',
      'x-app-version',
      'x-grpc-web',
      'x-user-agent',
      'grpc-timeout',
      'x-libxmtp-version',
    ]) {
      expect(allowed).toContain(header)
    }
  })

  test('ignore a query string', async () => {
    const reply = await testNode.json.post('/message/v1/query?x=1', '{"contentTopics":["a"]}')
    expect(reply.httpStatus).toBe(200)
  })
})

describe('JSON streams', () => {
  test('are lines of results with a keep-alive of an empty result', async () => {
    const clock = createVirtualClock()
    await using node = await startTestNode({ 'keep-alive-ms': 1_000 }, { clock })
    const response = await fetch(`${node.url}/message/v1/subscribe`, {
      method: 'POST',
      body: '{"contentTopics":["a"]}',
    })
    expect(response.headers.get('grpc-metadata-subscribed')).toBe('true')
    expect(response.headers.get('content-type')).toBe('application/json')
    const reader = response.body?.getReader()
    const read = async () => Buffer.from((await reader?.read())?.value ?? []).toString()
    await clock.advance(1_000)
    expect(await read()).toBe('{"result":{}}\n')
    await node.json.publish([{ contentTopic: 'a', timestampNs: 5n, message: Buffer.from('m') }])
    expect(await read()).toBe(
      '{"result":{"contentTopic":"a","timestampNs":"5","message":"bQ=="}}\n',
    )
  })

  test('that cannot start answer the error in an error', async () => {
    const reply = await post('subscribe', '{"contentTopics":5}')
    expect(reply.httpStatus).toBe(400)
    expect(reply.text.endsWith('\n')).toBe(true)
    expect(JSON.parse(reply.text)).toEqual({
      error: { code: 3, message: expect.stringContaining('contentTopics'), details: [] },
    })
  })

  test('end with an error line when their deadline passes', async () => {
    const reply = await post('subscribe', '{"contentTopics":["a"]}', { 'grpc-timeout': '20m' })
    expect(reply.httpStatus).toBe(200)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 4 } })
  })

  test('refuse a malformed deadline', async () => {
    const reply = await post('subscribe', '{}', { 'grpc-timeout': 'soon' })
    expect(reply.httpStatus).toBe(400)
  })
})

/** A request whose response is not decoded on the way. */
async function rawFetch(path: string, body: string | Buffer, headers: Record<string, string>) {
  const { request } = await import('node:http')
  return new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request(testNode.url + path, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
