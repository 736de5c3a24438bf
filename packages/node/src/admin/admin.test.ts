import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryStore } from '@posthorn/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { startTestNode, type TestNode } from '../contract/test-node.ts'

let folder = ''
let testNode: TestNode
let token = ''
let nextConfig: Record<string, unknown> = {}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-admin-'))
  const flags = { store: 'sqlite', data: join(folder, 'data'), 'api-port': 0, auth: 'off' }
  const readConfig = () => parseConfig({ flags: { ...flags, 'grace-ms': 500, ...nextConfig } })
  testNode = await startTestNode(flags, { readConfig })
  token = (await readFile(join(folder, 'data', 'admin.token'), 'utf8')).trim()
})

afterAll(async () => {
  await testNode[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function ask(method: string, path: string, body?: unknown, bearer = token) {
  const response = await fetch(`${testNode.node.adminUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'x-posthorn-actor': 'ada' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, headers: response.headers }
}

async function answerOf(method: string, path: string, body?: unknown) {
  const { text } = await ask(method, path, body)
  return JSON.parse(text.trim().split('\n').at(-1) ?? '')
}

async function publish(topic: string, count = 1): Promise<number> {
  const envelopes = Array.from({ length: count }, (_, index) => ({
    contentTopic: topic,
    timestampNs: String(index + 1),
    message: Buffer.from(`m${index}`).toString('base64'),
  }))
  const body = JSON.stringify({ envelopes })
  return (await fetch(`${testNode.url}/message/v1/publish`, { method: 'POST', body })).status
}

describe('the admin port', () => {
  test('keeps its secret to its owner, and its address beside it', async () => {
    for (const name of ['admin.token', 'admin.url']) {
      expect((await stat(join(folder, 'data', name))).mode & 0o777).toBe(0o600)
    }
    const url = await readFile(join(folder, 'data', 'admin.url'), 'utf8')
    expect(url.trim()).toBe(testNode.node.adminUrl)
    expect(token.length).toBeGreaterThan(40)
  })

  test.each(['', 'x', 'a'.repeat(43)])('refuses the token %j', async (bearer) => {
    for (const path of ['/metrics', '/admin/v1/status', '/nothing']) {
      const { status, text, headers } = await ask('GET', path, undefined, bearer)
      expect(status).toBe(401)
      expect(JSON.parse(text).error.code).toBe('admin/unauthorized')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('is not reached by the ports of clients', async () => {
    const headers = { authorization: `Bearer ${token}` }
    for (const path of ['/metrics', '/admin/v1/status']) {
      expect((await fetch(testNode.url + path, { headers })).status).toBe(404)
    }
  })

  test('shows metrics that Prometheus can read, with the names of both', async () => {
    await publish('/xmtp/0/m-metrics/proto', 3)
    await fetch(`${testNode.url}/message/v1/query`, {
      method: 'POST',
      headers: { 'x-client-version': 'xmtp-js/11.3.1', 'x-app-version': 'demo/1' },
      body: JSON.stringify({ contentTopics: ['/xmtp/0/m-metrics/proto'] }),
    })
    const { text, headers } = await ask('GET', '/metrics')
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toContain('xmtp_published_envelopes{topic_category="v2-conversation"} 3')
    expect(text).toMatch(
      /^xmtp_api_requests\{service="xmtp.message_api.v1.MessageApi",method="Query",error_code="OK",client="xmtp-js",client_version="11.3.1",app="demo",app_version="1"\} 1$/m,
    )
    expect(text).toMatch(/^xmtp_published_envelope_bucket\{.*le="\+Inf"\} 3$/m)
    expect(text).toMatch(/^posthorn_append_envelopes_sum 3$/m)
    expect(text).toMatch(/^posthorn_ready 1$/m)
    expect(text).toMatch(/^posthorn_mailbox_bytes 0$/m)
    expect(text).toMatch(/^posthorn_limiter_buckets \d+$/m)
    expect(text).toContain('nodejs_eventloop_lag_seconds')
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_]\w*(?:\{(?:\w+="[^"\n]*",?)*\})? (?:[-+.\de]+|NaN|Nan)$/)
    }
  })
})

describe('settings', () => {
  test('a ban holds from the answer on, is found in the audit log and can be lifted', async () => {
    const key = 'access/deny/publish/127.0.0.1'
    const changed = await answerOf('POST', '/admin/v1/settings', {
      changes: [{ key, value: { comment: 'spam' } }],
      note: 'ticket 7',
    })
    expect(changed).toMatchObject({ isChanged: true })
    expect(await publish('/xmtp/0/m-1/proto')).toBe(403)
    const { values } = await answerOf('GET', '/admin/v1/settings')
    expect(values).toHaveProperty(['access/deny/publish/127.0.0.1/32'], { comment: 'spam' })
    const { entries } = await answerOf('GET', '/admin/v1/audit?limit=1')
    expect(entries).toMatchObject([{ actor: 'ada', note: 'ticket 7', after: { comment: 'spam' } }])
    await answerOf('POST', '/admin/v1/settings', { changes: [{ key }] })
    expect(await publish('/xmtp/0/m-1/proto')).toBe(200)
  })

  test.each([
    [undefined, 'admin/bad-change'],
    [{ changes: [] }, 'admin/bad-change'],
    [{ changes: [{ key: 'log-id', value: 1 }] }, 'admin/unknown-setting'],
    [{ changes: [{ key: 'access/mode', value: 'shut' }] }, 'postage/bad-mode'],
    [{ changes: [{ key: 'access/deny/publish/nobody', value: {} }] }, 'postage/bad-subject'],
    [{ changes: [{ key: 'limits/publish', value: '0/0' }] }, 'postage/bad-limit'],
    [{ changes: [{ key: 'retention/letters', value: 1 }] }, 'retention/bad-category'],
    [{ changes: [{ key: 'retention/contact', value: 0 }] }, 'retention/bad-days'],
  ])('refuses %j and changes nothing', async (body, code) => {
    const before = await answerOf('GET', '/admin/v1/settings')
    const { status, text } = await ask('POST', '/admin/v1/settings', body)
    expect(status).toBe(400)
    expect(JSON.parse(text).error).toMatchObject({
      code,
      message: expect.stringMatching(/expected|wanted/),
    })
    expect(await answerOf('GET', '/admin/v1/settings')).toEqual(before)
  })
})

describe('upkeep', () => {
  test('a copy is written while the node runs and the store is found well', async () => {
    const file = join(folder, 'copy.posthorn')
    expect(await answerOf('POST', '/admin/v1/backup', { file })).toEqual({ done: { file } })
    expect((await stat(file)).size).toBeGreaterThan(0)
    const again = await answerOf('POST', '/admin/v1/backup', { file })
    expect(again.error.code).toBe('store/backup-exists')
    const { done } = await answerOf('POST', '/admin/v1/verify')
    expect(done).toMatchObject({ faults: [] })
  })

  test('a copy goes nowhere without a whole path', async () => {
    const { text } = await ask('POST', '/admin/v1/backup', { file: 'copy' })
    expect(JSON.parse(text).error.code).toBe('admin/bad-path')
  })

  test('reading the configuration again applies what may change and names the rest', async () => {
    nextConfig = { 'log-level': 'warn', access: 'allow-list', 'max-connections': 5 }
    expect(await answerOf('POST', '/admin/v1/reload')).toEqual({
      applied: ['access', 'log-level'],
      needRestart: ['max-connections'],
    })
    expect(await publish('/xmtp/0/m-2/proto')).toBe(403)
    nextConfig = { access: 'nonsense' }
    const { status } = await ask('POST', '/admin/v1/reload')
    expect(status).toBe(400)
    nextConfig = {}
    await answerOf('POST', '/admin/v1/reload')
    expect(await publish('/xmtp/0/m-2/proto')).toBe(200)
  })
})

test('a node starts where its token has no place, unless the admin port is asked for', async () => {
  const file = join(folder, 'no-folder')
  await writeFile(file, '')
  const openStore = async () => createMemoryStore({ sha256: (bytes) => bytes.subarray(0, 32) })
  const flags = { store: 'sqlite', data: file }
  await using without = await startTestNode(flags, { openStore })
  expect(without.node.adminUrl).toBeUndefined()
  await expect(
    startTestNode(
      { ...flags, 'admin-host': '::1', 'admin-token-file': `${file}/t` },
      { openStore },
    ),
  ).rejects.toMatchObject({ code: 'admin/token-unavailable' })
})

test('a node in memory has an admin port only when it is asked for', async () => {
  await using without = await startTestNode()
  expect(without.node.adminUrl).toBeUndefined()
  const file = join(folder, 'chosen.token')
  await writeFile(file, 'a-token-of-my-own-choice\n')
  await using with_ = await startTestNode({ 'admin-token-file': file })
  const headers = { authorization: 'Bearer a-token-of-my-own-choice' }
  const response = await fetch(`${with_.node.adminUrl}/admin/v1/status`, { headers })
  expect(await response.json()).toMatchObject({ state: 'serving', store: 'memory' })
})
