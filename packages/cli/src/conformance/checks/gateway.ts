// Shapes of the JSON gateway: what clients parse, and what browsers ask for.

import { type Check, type Subject, skip } from '../check.ts'
import { expectEqual, expectMatch, expectThat } from '../expect.ts'
import { post } from '../json-api.ts'

type Named = Omit<Check, 'id' | 'protocols'> & { readonly name: string }

const encoder = new TextEncoder()

const checks: readonly Named[] = [
  {
    name: 'empty-page',
    title: 'an empty page has every field, empty ones and nulls, too',
    run: async ({ bench }) => {
      const { status, body } = await ask(bench, { contentTopics: [bench.freshTopic()] })
      const pagingInfo = { limit: 0, cursor: null, direction: 'SORT_DIRECTION_DESCENDING' }
      expectEqual('status', status, 200)
      expectEqual('body', body, { envelopes: [], pagingInfo })
      return undefined
    },
  },
  {
    name: 'publish-answer',
    title: 'a publish is answered with {}, also one of nothing',
    run: async ({ bench }) => {
      const headers = { authorization: bench.account.bearer() }
      for (const text of ['{"envelopes":[]}', '{}', '']) {
        const { status, body } = await post(`${jsonUrl(bench)}publish`, text, { headers })
        expectEqual(
          `answer to ${text || 'an empty body'}`,
          { status, body },
          { status: 200, body: {} },
        )
      }
      return undefined
    },
  },
  {
    name: 'output-forms',
    title: '64-bit numbers are texts, 32-bit ones numbers, bytes padded base64',
    run: async ({ api, bench }) => {
      const topic = bench.freshTopic()
      const message = Uint8Array.of(0xfb, 0xff)
      await bench.publish(api, [{ contentTopic: topic, timestampNs: 1n, message }])
      const pagingInfo = { limit: 1, direction: 'SORT_DIRECTION_ASCENDING' }
      const { text } = await ask(bench, { contentTopics: [topic], pagingInfo })
      expectMatch('sender time', text, /"timestampNs": ?"1"/)
      expectMatch('message', text, /"message": ?"\+\/8="/)
      expectMatch('limit', text, /"limit": ?1\b/)
      const cursor = /"index": ?{"digest": ?"[A-Za-z0-9+/]{43}=", ?"senderTimeNs": ?"1"}/
      expectMatch('cursor', text, cursor)
      return undefined
    },
  },
  {
    name: 'input-forms',
    title: 'both spellings of names, numbers as numbers or texts, both alphabets of base64',
    run: async ({ bench }) => {
      const topic = bench.freshTopic()
      const text = `{"envelopes":[
        {"content_topic":"${topic}","timestamp_ns":1,"message":"-_8"},
        {"contentTopic":"${topic}","timestampNs":"2","message":"+/8=","unknown":[{}]}]}`
      const headers = { authorization: bench.account.bearer(), 'content-type': 'text/plain' }
      const published = await post(`${jsonUrl(bench)}publish`, text, { headers })
      expectEqual('status of the publish', published.status, 200)
      const pagingInfo = { direction: 1, limit: '3', cursor: null }
      const { body } = await ask(bench, { content_topics: [topic], paging_info: pagingInfo })
      const expected = ['1', '2'].map((timestampNs) => ({
        contentTopic: topic,
        timestampNs,
        message: '+/8=',
      }))
      expectEqual('envelopes', body['envelopes'], expected)
      return undefined
    },
  },
  {
    name: 'error-form',
    title: 'failures are {code, message, details} with the mapped status',
    run: async ({ bench }) => {
      const { status, body } = await ask(bench, {})
      expectEqual('status', status, 400)
      expectEqual('fields', Object.keys(body).sort(), ['code', 'details', 'message'])
      expectEqual('code', body['code'], 3)
      return undefined
    },
  },
  {
    name: 'bad-json',
    title: 'what is not JSON, or of a wrong type, is refused with 400 and code 3',
    run: async ({ bench }) => {
      for (const text of ['{', 'nonsense', '{"contentTopics":{}}', '{"contentTopics":[7]}']) {
        const { status, body } = await post(`${jsonUrl(bench)}query`, text)
        expectEqual(`answer to ${text}`, [status, body['code']], [400, 3])
      }
      return undefined
    },
  },
  {
    name: 'not-found',
    title: 'an unknown path is 404 with code 5 and Not Found',
    run: async ({ bench }) => {
      const { status, body } = await post(`${jsonUrl(bench)}no-such-call`, '{}')
      expectEqual('status', status, 404)
      expectEqual('body', body, { code: 5, message: 'Not Found', details: [] })
      return undefined
    },
  },
  {
    name: 'wrong-method',
    title: 'a known path with a wrong method is 501 with code 12',
    run: async ({ bench }) => {
      const { status, body } = await post(`${jsonUrl(bench)}query`, '', { method: 'GET' })
      expectEqual(
        'answer',
        [status, body['code'], body['message']],
        [501, 12, 'Method Not Allowed'],
      )
      return undefined
    },
  },
  {
    name: 'unauthenticated',
    title: 'a publish without a token is 401 and says why in www-authenticate',
    run: async ({ api, bench }) => {
      if (await bench.isOpen(api)) return skip('the node takes publishes without a token')
      const { status, headers, body } = await post(`${jsonUrl(bench)}publish`, '{"envelopes":[]}')
      expectEqual('answer', [status, body['code']], [401, 16])
      expectEqual('www-authenticate', headers.get('www-authenticate'), body['message'])
      return undefined
    },
  },
  {
    name: 'metadata',
    title: 'answers are application/json with grpc-metadata-content-type',
    run: async ({ bench }) => {
      const { headers } = await ask(bench, { contentTopics: [bench.freshTopic()] })
      expectMatch('content-type', headers.get('content-type') ?? '', /^application\/json\b/)
      const metadata = headers.get('grpc-metadata-content-type')
      expectEqual('grpc-metadata-content-type', metadata, 'application/grpc')
      return undefined
    },
  },
  {
    name: 'cors',
    title: 'any web page may read the answers',
    run: async ({ bench }) => {
      const { headers } = await ask(bench, { contentTopics: [bench.freshTopic()] })
      const allowed = headers.get('access-control-allow-origin')
      expectEqual('access-control-allow-origin', allowed, '*')
      return undefined
    },
  },
  {
    name: 'cors-preflight',
    title: 'a preflight allows POST with the headers that SDKs send',
    run: async ({ bench }) => {
      const { status, headers } = await post(`${jsonUrl(bench)}publish`, '', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://page.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,x-client-version',
        },
      })
      expectEqual('status', status, 200)
      const names = (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/, ?/)
      for (const name of ['content-type', 'authorization', 'x-client-version', 'x-app-version']) {
        expectThat(`access-control-allow-headers with ${name}`, names.includes(name), names)
      }
      expectMatch('allowed methods', headers.get('access-control-allow-methods') ?? '', /\bPOST\b/)
      return undefined
    },
  },
  {
    name: 'gzip',
    title: 'queries are compressed when the client asks for it, and only then',
    run: async ({ bench }) => {
      const text = JSON.stringify({ contentTopics: [bench.freshTopic()] })
      for (const [accepted, expected] of [
        ['gzip', 'gzip'],
        ['identity', null],
      ] as const) {
        const headers = { 'accept-encoding': accepted }
        const answer = await post(`${jsonUrl(bench)}query`, encoder.encode(text), { headers })
        expectEqual('status', answer.status, 200)
        const found = answer.headers.get('content-encoding')
        expectEqual(`content-encoding for ${accepted}`, found, expected)
      }
      return undefined
    },
  },
  {
    name: 'root',
    title: 'the root answers',
    run: async ({ bench }) => {
      const { status } = await post(`${bench.urls.json}/`, '', { method: 'GET' })
      expectEqual('status', status, 200)
      return undefined
    },
  },
]

/** Checks of the gateway. */
export const gatewayChecks: readonly Check[] = checks.map(({ name, ...check }) => ({
  ...check,
  id: `gateway.${name}`,
  protocols: ['json'],
}))

function jsonUrl({ urls }: Subject['bench']): string {
  return `${urls.json}/message/v1/`
}

function ask(bench: Subject['bench'], request: unknown) {
  return post(`${jsonUrl(bench)}query`, JSON.stringify(request))
}
