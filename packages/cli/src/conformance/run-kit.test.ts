import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Alter, startAlteringProxy, startTrailerProxy } from '../testing/altering-proxy.ts'
import { startTestNode } from '../testing/test-node.ts'
import { type Protocol, protocols } from './api.ts'
import { checkTable } from './check-table.ts'
import { type KitOptions, type Result, runKit, selectChecks } from './run-kit.ts'
import { scorecardOf } from './scorecard.ts'

type Answer = { envelopes?: { timestampNs: string }[]; pagingInfo?: unknown; details?: unknown }

async function scoreOf(url: string, options: Partial<KitOptions> = {}): Promise<readonly Result[]> {
  const results: Result[] = []
  const kit = runKit({
    urls: { json: url, grpc: url, 'grpc-web': url },
    protocols,
    only: [],
    timeoutMs: 2_000,
    isLarge: false,
    isQuota: false,
    nowMs: () => Date.now(),
    randomBytes,
    ...options,
  })
  for await (const result of kit) results.push(result)
  return results
}

function failedIn(results: readonly Result[]): readonly string[] {
  return results.filter(({ status }) => status === 'fail').map(({ id }) => id)
}

async function failuresOf(
  alter: Alter,
  only: readonly string[],
  protocol: Protocol = 'json',
): Promise<readonly string[]> {
  await using node = await startTestNode()
  await using proxy = await startAlteringProxy(node.url, alter)
  return failedIn(await scoreOf(proxy.url, { only, protocols: [protocol] }))
}

// Changes the JSON of answers to one call.
function changing(call: string, change: (answer: Answer) => unknown): Alter {
  return ({ path, body }) =>
    path.endsWith(`/${call}`) ? { body: Buffer.from(JSON.stringify(change(parse(body)))) } : {}
}

function parse(body: Buffer): Answer {
  return JSON.parse(body.toString())
}

test('a node of ours passes all that can be seen from outside', { timeout: 120_000 }, async () => {
  await using node = await startTestNode()
  const results = await scoreOf(node.url, { timeoutMs: 10_000 })
  expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  const skipped = results.filter(({ status }) => status === 'skip')
  expect(new Set(skipped.map(({ id }) => id.split('.')[0]))).toEqual(new Set(['limits']))
  const { pass } = scorecardOf(results)
  expect(pass).toBeGreaterThan(190)
})

test('a node that takes everybody is not judged by its tokens', async () => {
  const anonymous: Alter = ({ path, status }) =>
    path.endsWith('/publish') && status === 401 ? { status: 200, body: Buffer.from('{}') } : {}
  await using node = await startTestNode()
  await using proxy = await startAlteringProxy(node.url, anonymous)
  const results = await scoreOf(proxy.url, { only: ['authn'], protocols: ['json'] })
  expect(failedIn(results)).toEqual([])
  const noToken = results.find(({ id }) => id === 'authn.no-token')
  expect(noToken).toMatchObject({ status: 'skip', reason: expect.stringContaining('without') })
})

test('wrong order of rows fails the checks of order', async () => {
  const reversed = changing('query', (page) => ({ ...page, envelopes: page.envelopes?.reverse() }))
  const failed = await failuresOf(reversed, ['query'])
  expect(failed).toEqual(
    expect.arrayContaining(['query.descending', 'query.ascending', 'query.ties-ascending']),
  )
  expect(failed).not.toContain('query.no-topics')
})

test('a row that is lost fails the checks that count', async () => {
  const losing = changing('query', (page) => ({ ...page, envelopes: page.envelopes?.slice(1) }))
  const failed = await failuresOf(losing, ['query.default-limit', 'query.unknown-topic'])
  expect(failed).toEqual(['query.default-limit'])
})

test('fields that are dropped fail the checks of shape', async () => {
  const bare = changing('query', ({ pagingInfo: _, details: __, ...rest }) => rest)
  const failed = await failuresOf(bare, ['gateway'])
  expect(failed).toEqual(['gateway.empty-page', 'gateway.output-forms', 'gateway.error-form'])
})

test('wrong statuses fail the checks that name them', async () => {
  const plain: Alter = ({ status }) => ({ status: status >= 400 ? 500 : status })
  const failed = await failuresOf(plain, ['gateway'])
  expect(failed).toEqual([
    'gateway.error-form',
    'gateway.bad-json',
    'gateway.not-found',
    'gateway.wrong-method',
    'gateway.unauthenticated',
  ])
})

test('headers that are missing fail the checks that name them', async () => {
  const failed = await failuresOf(() => ({ headers: {} }), ['gateway'])
  expect(failed).toEqual([
    'gateway.unauthenticated',
    'gateway.metadata',
    'gateway.cors',
    'gateway.cors-preflight',
    'gateway.gzip',
  ])
})

test('a node that refuses nothing fails the checks of refusals', async () => {
  const welcoming: Alter = ({ path, status }) =>
    path.endsWith('/publish') && status === 400 ? { status: 200, body: Buffer.from('{}') } : {}
  const failed = await failuresOf(welcoming, ['publish.topic', 'publish.message'])
  expect(failed).toEqual(['publish.topic-too-long', 'publish.message-too-large'])
})

test('gRPC-Web without its frame of trailers fails at once', async () => {
  const cut: Alter = ({ body }) => ({ body: body.subarray(0, 5 + body.readUInt32BE(1)) })
  const failed = await failuresOf(cut, ['grpc', 'batch.empty'], 'grpc-web')
  expect(failed).toEqual(['batch.empty', 'grpc.web-binary', 'grpc.web-text'])
})

test.each([
  ['a wrong status', () => ({ 'grpc-status': '2' }), ['grpc.trailers', 'batch.empty']],
  ['no trailers', () => undefined, ['grpc.trailers', 'batch.empty']],
])('gRPC with %s fails', async (_, alter, ids) => {
  await using node = await startTestNode()
  await using proxy = await startTrailerProxy(node.url, alter)
  const results = await scoreOf(proxy.url, { only: ids, protocols: ['grpc'] })
  expect(failedIn(results).toSorted()).toEqual(ids.toSorted())
})

test('a gRPC proxy that changes nothing passes', async () => {
  await using node = await startTestNode()
  await using proxy = await startTrailerProxy(node.url, (trailers) => trailers)
  const only = ['grpc.trailers', 'batch', 'stream.live-only', 'publish.round-trip']
  expect(failedIn(await scoreOf(proxy.url, { only, protocols: ['grpc'] }))).toEqual([])
})

test('a node that limits the rate is not judged by what it refused', async () => {
  const limiting: Alter = ({ path }) => {
    const body = Buffer.from('{"code":8,"message":"1 exceeds rate limit","details":[]}')
    return path.endsWith('/publish') ? { status: 429, body } : {}
  }
  await using node = await startTestNode()
  await using proxy = await startAlteringProxy(node.url, limiting)
  const only = ['publish.duplicate']
  const [result] = await scoreOf(proxy.url, { only, protocols: ['json'] })
  expect(result).toMatchObject({ status: 'skip', found: expect.stringContaining('rate limit') })
})

test('what does not answer fails every check, and says why once each', async () => {
  const results = await scoreOf('http://127.0.0.1:9', { only: ['batch'] })
  expect(results).toHaveLength(12)
  for (const { status, reason } of results) {
    expect([status, reason]).toEqual(['fail', expect.stringContaining('does not answer')])
  }
})

test('ids are unique, and chosen by group, id or beginning', () => {
  expect(new Set(checkTable.map(({ id }) => id)).size).toBe(checkTable.length)
  expect(selectChecks(['batch']).map(({ id }) => id.split('.')[0])).toEqual(Array(4).fill('batch'))
  expect(selectChecks(['batch.fifty'])).toHaveLength(1)
  expect(selectChecks(['query.ties'])).toHaveLength(2)
  expect(selectChecks(['bat'])).toEqual([])
})
