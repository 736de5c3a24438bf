// Bytes of the JSON gateway: shapes, statuses, headers.

import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { post } from '../http-client.ts'
import { envelopeOf, freshTopic } from '../world.ts'

const emptyPage =
  '{"envelopes":[],"pagingInfo":{"limit":0,"cursor":null,"direction":"SORT_DIRECTION_DESCENDING"}}'
const compact = (text: string): string => JSON.stringify(JSON.parse(text))

export const jsonShapeChecks: readonly Check[] = [
  {
    name: 'json: an empty page has every field',
    run: async ({ url }) => {
      const answer = await post(`${url}/message/v1/query`, { contentTopics: [freshTopic()] })
      assert.equal(answer.status, 200)
      assert.equal(compact(answer.text), emptyPage)
      assert.equal(answer.headers.get('content-type'), 'application/json')
      assert.equal(answer.headers.get('grpc-metadata-content-type'), 'application/grpc')
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    },
  },
  {
    name: 'json: a publish is answered with {}, also an empty list and an empty body',
    run: async ({ url, account }) => {
      const headers = { authorization: account.bearer() }
      const path = `${url}/message/v1/publish`
      for (const body of [
        { envelopes: [{ contentTopic: freshTopic() }] },
        { envelopes: [] },
        {},
        '',
      ]) {
        const answer = await post(path, body, headers)
        assert.deepEqual([answer.status, compact(answer.text)], [200, '{}'], JSON.stringify(body))
      }
    },
  },
  {
    name: 'json: 64-bit numbers are texts, 32-bit ones numbers, bytes padded base64',
    run: async ({ url, publish }) => {
      const topic = freshTopic()
      await publish([envelopeOf(topic, Buffer.from([0xfb, 0xff]), 1n)])
      const { text, body } = await post(`${url}/message/v1/query`, {
        contentTopics: [topic],
        pagingInfo: { limit: 1, direction: 'SORT_DIRECTION_ASCENDING' },
      })
      assert.match(text, /"timestampNs": ?"1"/)
      assert.match(text, /"message": ?"\+\/8="/)
      const { pagingInfo } = body as never as { pagingInfo: Record<string, never> }
      assert.deepEqual(Object.keys(pagingInfo), ['limit', 'cursor', 'direction'])
      assert.equal(pagingInfo['limit'], 1)
      assert.match(
        text,
        /"cursor": ?{"index": ?{"digest": ?"[A-Za-z0-9+/]{43}=", ?"senderTimeNs": ?"1"}}/,
      )
      assert.equal(pagingInfo['direction'], 'SORT_DIRECTION_ASCENDING')
    },
  },
  {
    name: 'json: both spellings, numbers and texts, both alphabets, enum numbers, unknown fields, null',
    run: async ({ url, account }) => {
      const topic = freshTopic()
      const text = `{"envelopes":[
        {"content_topic":"${topic}","timestamp_ns":18446744073709551615,"message":"-_8"},
        {"contentTopic":"${topic}","timestampNs":"9223372036854775808","message":"-_8=","more":[{}]},
        {"contentTopic":"${topic}","timestampNs":null,"message":"+/8"}],"other":1}`
      const headers = { authorization: account.bearer(), 'content-type': 'text/plain' }
      const published = await post(`${url}/message/v1/publish`, text, headers)
      assert.equal(published.status, 200, published.text)
      const page = await post(
        `${url}/message/v1/query`,
        `{"content_topics":["${topic}"],"paging_info":{"direction":1,"limit":"3","cursor":null}}`,
      )
      const { envelopes } = page.body as never as { envelopes: Record<string, string>[] }
      assert.deepEqual(
        envelopes.map((each) => [each['timestampNs'], each['message']]),
        [
          ['0', '+/8='],
          ['9223372036854775808', '+/8='],
          ['18446744073709551615', '+/8='],
        ],
      )
    },
  },
  {
    name: 'json: a protobuf body is taken and answered as such',
    run: async ({ url }) => {
      const answer = await post(`${url}/message/v1/query`, Buffer.from([0x0a, 1, 0x78]), {
        'content-type': 'application/x-protobuf',
      })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
    },
  },
  {
    name: 'json: failures have code, message and details; 401 says so in www-authenticate',
    run: async ({ url }) => {
      const bad = await post(`${url}/message/v1/query`, {})
      assert.equal(bad.status, 400)
      assert.deepEqual(Object.keys(bad.body), ['code', 'message', 'details'])
      assert.match(bad.body.message ?? '', /content topics required/)
      const anonymous = await post(`${url}/message/v1/publish`, { envelopes: [] })
      assert.deepEqual([anonymous.status, anonymous.body.code], [401, 16])
      assert.equal(anonymous.headers.get('www-authenticate'), anonymous.body.message)
      assert.match(anonymous.body.message ?? '', /authorization token is not provided/)
    },
  },
  {
    name: 'json: unknown path 404, wrong method 501, the root answers',
    run: async ({ url }) => {
      const cases: [string, string, number, number][] = [
        ['POST', '/message/v1/nothing', 404, 5],
        ['POST', '/message/v1/query/', 404, 5],
        ['GET', '/mls/v1/x', 404, 5],
        ['GET', '/message/v1/query', 501, 12],
        ['PUT', '/message/v1/publish', 501, 12],
        ['DELETE', '/message/v1/subscribe', 501, 12],
      ]
      for (const [method, path, status, code] of cases) {
        const answer = await fetch(url + path, { method })
        const body = (await answer.json()) as { code: number; details: unknown[]; message: string }
        assert.deepEqual([answer.status, body.code, body.details], [status, code, []], path)
        assert.equal(body.message, status === 404 ? 'Not Found' : 'Method Not Allowed')
        assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      }
      assert.equal((await fetch(url)).status, 200)
    },
  },
  {
    name: 'json: gzip of queries and batch queries alone, and only when asked',
    run: async ({ url, account }) => {
      const encodingOf = async (path: string, body: object, accept: string): Promise<unknown> => {
        const headers = { 'accept-encoding': accept, authorization: account.bearer() }
        const answer = await post(`${url}/message/v1/${path}`, body, headers)
        assert.equal(answer.status, 200)
        JSON.parse(answer.text)
        return answer.headers.get('content-encoding')
      }
      const query = { contentTopics: [freshTopic()] }
      assert.equal(await encodingOf('query', query, 'gzip'), 'gzip')
      assert.equal(await encodingOf('query', query, 'identity'), null)
      assert.equal(await encodingOf('query', query, 'gzip;q=0'), null)
      assert.equal(await encodingOf('batch-query', { requests: [query] }, 'br, gzip'), 'gzip')
      assert.equal(await encodingOf('publish', {}, 'gzip'), null)
    },
  },
  {
    name: 'cors: a preflight allows what the clients send',
    run: async ({ url }) => {
      for (const path of ['/message/v1/publish', '/xmtp.message_api.v1.MessageApi/Query']) {
        const answer = await fetch(url + path, {
          method: 'OPTIONS',
          headers: {
            origin: 'http://a.example',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,x-client-version,x-app-version',
          },
        })
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.get('access-control-allow-origin'), '*')
        const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(',')
        const wanted =
          'content-type,accept,authorization,x-client-version,x-app-version,baggage,dnt,sec-ch-ua,' +
          'sec-ch-ua-mobile,sec-ch-ua-platform,sentry-trace,user-agent,x-libxmtp-version'
        for (const name of wanted.split(',')) assert.ok(allowed?.includes(name), name)
        const methods = answer.headers.get('access-control-allow-methods')
        assert.equal(methods, 'GET,HEAD,POST,PUT,PATCH,DELETE')
      }
    },
  },
]
