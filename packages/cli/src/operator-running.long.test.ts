// What an operator does to a node that runs: changes its settings, reads its figures, copies and stops it.

import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@posthorn/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  listen,
  type Node,
  parse,
  posthorn,
  sleep,
  startNode,
  startWriter,
  textsOf,
  type Writer,
} from './testing/operator.ts'

let folder = ''
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-operator-running-'))
})
afterAll(() => rm(folder, { recursive: true }))

const topic = '/xmtp/0/m-1/proto'
const numbered = (): void => undefined
let published = 0

function envelopes(count: number, contentTopic = topic) {
  return Array.from({ length: count }, () => ({
    contentTopic,
    timestampNs: BigInt(++published),
    message: new TextEncoder().encode(`message ${published}`),
  }))
}

/** What a publish is answered: `taken`, or the words of its refusal. */
async function answerTo({ transport }: Node, count = 1, contentTopic = topic): Promise<string> {
  return transport.publish(envelopes(count, contentTopic)).then(
    () => 'taken',
    (error: Error) => error.message,
  )
}

/** Milliseconds until something holds. */
async function until(holds: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now()
  while (!(await holds())) await sleep(10)
  return performance.now() - startedMs
}

/** A call of the admin API, which has no start of a process in its time. */
async function admin({ adminUrl, data }: Node, path: string, body?: unknown): Promise<string> {
  const token = (await readFile(join(data, 'admin.token'), 'utf8')).trim()
  const headers = { authorization: `Bearer ${token}` }
  const call = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`${adminUrl}${path}`, { headers, ...call })
  expect(response.status).toBe(200)
  return response.text()
}

test('an operator changes limits, lists and the log while streams are open, within a second', async () => {
  const config = at('config.json')
  const write = (settings: unknown) => writeFile(config, JSON.stringify(settings))
  await write({ limits: 'on', 'publish-limit': '3000/600' })
  await using node = await startNode(at('reloaded'), '--auth', 'off', '--config', config)
  const listener = await listen(node, [topic])
  expect(await answerTo(node, 100)).toBe('taken')

  await write({ limits: 'on', 'publish-limit': '5/1', 'log-level': 'debug' })
  node.signal('SIGHUP')
  const isRefused = async () => /rate|limit|too many/i.test(await answerTo(node))
  expect(await until(isRefused)).toBeLessThan(1_000)
  await eventually(() => expect(node.log()).toContain('"level":"debug"'))

  const limit = { key: 'limits/publish', value: '1000/1000' }
  await admin(node, '/admin/v1/settings', { changes: [limit] })
  expect(await until(async () => (await answerTo(node)) === 'taken')).toBeLessThan(1_000)

  await writeFile(config, '{ "publish-limit": "many" ')
  const mistaken = await posthorn('admin', '--data', node.data, 'reload')
  expect(mistaken.exitCode).toBe(1)
  expect(await answerTo(node)).toBe('taken')

  await write({ limits: 'on', 'publish-limit': '3000/600', 'api-port': '1' })
  const { document } = await posthorn('admin', '--data', node.data, 'reload')
  expect(document.applied.toSorted()).toEqual(['log-level', 'publish-limit'])

  const before = listener.texts.length
  expect(await answerTo(node)).toBe('taken')
  await eventually(() => expect(listener.texts).toHaveLength(before + 1))
  const deny = { key: 'access/deny/publish/127.0.0.0/8', value: { comment: 'test' } }
  await admin(node, '/admin/v1/settings', { changes: [deny] })
  const deniedMs = performance.now()
  expect(await listener.ended).toMatchObject({ message: expect.stringContaining('deny listed') })
  expect(performance.now() - deniedMs).toBeLessThan(1_000)
  expect(await answerTo(node)).toContain('deny listed')
  await node.stop()
}, 60_000)

test('an operator stops a node: it answers what it has begun, and loses nothing it has answered', async () => {
  await using node = await startNode(at('stopped'), '--auth', 'off', '--limits', 'off')
  const isReady = (): Promise<boolean> =>
    fetch(`${node.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  expect(await isReady()).toBe(true)
  const writers = Array.from({ length: 4 }, (_, n) => startWriter(`/xmtp/0/m-w${n}/proto`, node))
  const resumable = await listen(node, [topic], numbered)
  const plain = await listen(node, [topic])
  const body = JSON.stringify({
    envelopes: [{ contentTopic: topic, timestampNs: '1', message: btoa('half sent') }],
  })
  const half = request(`${node.url}/message/v1/publish`, { method: 'POST' })
  half.setHeader('content-length', body.length)
  const answered = once(half, 'response') as Promise<[IncomingMessage]>
  half.write(body.slice(0, 40))
  await sleep(500)

  node.signal('SIGTERM')
  await eventually(async () => expect(await isReady()).toBe(false))
  half.end(body.slice(40))
  const [reply] = await answered
  expect(reply.statusCode).toBe(200)
  expect(await plain.ended).toBeUndefined()
  expect(await resumable.ended).toMatchObject({ message: expect.stringContaining('stopping') })
  for (const { texts } of [plain, resumable]) expect(texts).toEqual(['half sent'])
  expect(await node.exitCode).toBe(0)

  await using again = await startNode(at('stopped'), '--auth', 'off', '--limits', 'off')
  for (const writer of writers) writer.use(again)
  await sleep(500)
  await Promise.all(writers.map((writer) => writer.stop()))
  expect(await textsOf(again, topic)).toEqual(['half sent'])
  for (const writer of writers)
    expect(await textsOf(again, writer.topic)).toEqual(writer.acknowledged)
  await again.stop()
}, 60_000)

/** A collector of traces. */
async function startCollector() {
  const bodies: string[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    bodies.push(Buffer.concat(chunks).toString())
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    text: () => bodies.join(''),
    // biome-ignore lint/suspicious/noExplicitAny: the collector's JSON, of which the test says what it expects
    spans: (): readonly any[] =>
      bodies.flatMap((body) =>
        parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: unknown[] }[] }) =>
          resource.scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The sum of the samples of a metric whose labels have all of these words. */
function sample(metrics: string, name: string, ...labels: readonly string[]): number {
  const lines = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  const wanted = lines.filter((line) => labels.every((label) => line.includes(label)))
  expect(wanted.length, name).toBeGreaterThan(0)
  return wanted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

test('an operator sees in figures and traces what a node has done', async () => {
  using collector = await startCollector()
  const flags = ['--auth', 'off', '--otlp-url', collector.url]
  await using node = await startNode(at('watched'), ...flags)
  const listeners = [await listen(node, [topic]), await listen(node, [topic, 'other'])]
  for (let n = 0; n < 7; n++) expect(await answerTo(node)).toBe('taken')
  expect(await answerTo(node, 3)).toBe('taken')
  expect(await answerTo(node, 1, 'x'.repeat(301))).toContain('topic length too big')
  for (let n = 0; n < 4; n++) expect(await textsOf(node, topic)).toHaveLength(10)
  for (const { texts } of listeners) await eventually(() => expect(texts).toHaveLength(10))

  const metrics = await admin(node, '/metrics')
  const figures: readonly (readonly [number, string, ...string[]])[] = [
    [10, 'xmtp_published_envelopes', 'v2-conversation'],
    [10, 'xmtp_published_envelope_count', 'v2-conversation'],
    [9, 'xmtp_api_requests', 'method="Publish"'],
    [4, 'xmtp_api_requests', 'method="Query"'],
    [9, 'xmtp_api_request_duration_ms_count', 'method="Publish"'],
    [4, 'xmtp_api_query_result_count'],
    [40, 'xmtp_api_query_result_sum'],
    [10, 'xmtp_stored_messages'],
    [2, 'xmtp_subscribed_topics'],
    [2, 'posthorn_streams'],
    [2, 'posthorn_subscribers'],
    [10, 'posthorn_last_sequence'],
    [10, 'posthorn_append_envelopes_sum'],
    [1, 'posthorn_refusals', 'envelope/topic-too-long'],
    [1, 'posthorn_ready'],
  ]
  for (const [value, name, ...labels] of figures) {
    expect({ name, value: sample(metrics, name, ...labels) }).toEqual({ name, value })
  }
  expect(sample(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(20_000_000)
  expect(sample(metrics, 'posthorn_append_duration_ms_sum')).toBeGreaterThan(0)
  await node.stop()

  const spans = collector.spans()
  const named = (name: string) => spans.filter((span) => span.name === name)
  const publishes = named('xmtp.message_api.v1.MessageApi/Publish')
  expect(publishes).toHaveLength(9)
  expect(named('xmtp.message_api.v1.MessageApi/Query')).toHaveLength(4)
  expect(named('store range')).toHaveLength(4)
  const commits = named('store commit')
  expect(commits).toHaveLength(8)
  const traces = new Set(publishes.map(({ traceId }) => traceId))
  for (const { traceId, startTimeUnixNano, endTimeUnixNano } of commits) {
    expect(traces).toContain(traceId)
    expect(BigInt(endTimeUnixNano)).toBeGreaterThan(BigInt(startTimeUnixNano))
  }
  expect(collector.text()).not.toContain(topic)
}, 60_000)

test('an operator copies, exports and checks a store that is written to', async () => {
  const flags = ['--auth', 'off', '--limits', 'off']
  await using node = await startNode(at('busy'), ...flags)
  const writers = Array.from({ length: 8 }, (_, n) => startWriter(`/xmtp/0/m-b${n}/proto`, node))
  const counts = () => writers.map(({ acknowledged }) => acknowledged.length)
  await sleep(2_000)

  const beforeCopy = counts()
  const copy = at('busy.posthorn')
  expect((await posthorn('backup', copy, '--data', node.data)).exitCode).toBe(0)
  const afterCopy = counts()
  const beforeExport = counts()
  const lines = at('busy.jsonl')
  const exported = await posthorn('export', lines, '--data', node.data)
  const afterExport = counts()
  const live = await posthorn('verify', '--data', node.data)
  expect(live.document).toMatchObject({ isSound: true })
  await Promise.all(writers.map((writer) => writer.stop()))
  expect(counts().every((count, n) => count > (afterExport[n] ?? 0))).toBe(true)

  expect((await posthorn('verify', copy)).document).toMatchObject({ isSound: true })
  await posthorn('restore', copy, '--data', at('restored'))
  const imported = await posthorn('import', lines, '--data', at('imported'))
  expect(imported.document).toEqual({ envelopes: exported.document.envelopes, duplicates: 0 })
  for (const [name, before, after] of [
    ['restored', beforeCopy, afterCopy],
    ['imported', beforeExport, afterExport],
  ] as const) {
    await using other = await startNode(at(name), ...flags)
    for (const [n, writer] of writers.entries()) {
      await expectMoment(other, writer, [before[n] ?? 0, after[n] ?? 0])
    }
    await other.stop()
  }
  await node.stop()
}, 120_000)

/** A node has a writer's texts up to a moment between two counts: none is missing, none is there twice. */
async function expectMoment(
  node: Node,
  { topic, acknowledged }: Writer,
  [from, to]: readonly [number, number],
) {
  const texts = await textsOf(node, topic)
  expect(texts).toEqual(acknowledged.slice(0, texts.length))
  expect(texts.length).toBeGreaterThanOrEqual(from)
  // One more may have been stored and not answered yet.
  expect(texts.length).toBeLessThanOrEqual(to + 1)
}
