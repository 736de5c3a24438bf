// Every way around the rules that is known, tried over every protocol.

import { createHash } from 'node:crypto'
import { contactTopic, privateStoreTopic } from '@posthorn/envelope'
import type { SettingsStore, SettingValue, Store } from '@posthorn/store'
import { createMemoryStore } from '@posthorn/store'
import { createVirtualClock } from '@posthorn/testing'
import { type Envelope, SubscribeRequest } from '@posthorn/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ApiClient } from '../contract/api-client.ts'
import { frameOf } from '../contract/frames.ts'
import { createTestAccount, type TestAccount } from '../contract/test-account.ts'
import {
  clientOf,
  clientsOf,
  protocols,
  startTestNode,
  type TestClients,
  type TestNode,
} from '../contract/test-node.ts'
import { silentLogger } from '../logger.ts'

const clock = createVirtualClock()
const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())
const message: Envelope = {
  contentTopic: '/xmtp/0/m-1/proto',
  timestampNs: 1n,
  message: Buffer.from('a'),
}
const permissionDenied = 7
const resourceExhausted = 8

let store: Store
let testNode: TestNode
let alice: TestAccount
let bob: TestAccount
const clientsByAddress = new Map<string, TestClients>()

beforeAll(async () => {
  store = createMemoryStore({ sha256 })
  const flags = { auth: 'on', limits: 'on', 'trusted-proxy': '127.0.0.0/8,::1' }
  testNode = await startTestNode(flags, { clock, openStore: async () => store })
  alice = await createTestAccount(1, clock.nowMs())
  bob = await createTestAccount(2, clock.nowMs())
})
afterAll(async () => {
  for (const { clients } of clientsByAddress.values()) for (const each of clients) each.close()
  await testNode[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await settle({})
  // Every allowance is full again.
  await clock.advance(600_000)
})

/** Makes these the only settings, and waits until the node has seen them. */
async function settle(settings: Readonly<Record<string, SettingValue>>): Promise<void> {
  await replaceSettings(store.settings, settings)
  await clock.advance(500)
}

async function replaceSettings(
  settings: SettingsStore,
  wanted: Readonly<Record<string, SettingValue>>,
): Promise<void> {
  const { values } = await settings.read()
  const changed = new Map<string, SettingValue | undefined>(Object.entries(wanted))
  for (const key of values.keys()) {
    if (!changed.has(key) && key !== 'log/id') changed.set(key, undefined)
  }
  await settings.change({ values: changed, actor: 'test', atNs: clock.nowNs() })
}

/** A client whose calls come from an address, by way of the test's proxy. */
function from(address: string, protocol: string): ApiClient {
  const known = clientsByAddress.get(address)
  const clients = known ?? clientsOf(testNode.url, { 'x-forwarded-for': address })
  clientsByAddress.set(address, clients)
  return clientOf(clients, protocol)
}

type Try = {
  readonly topics?: readonly string[]
  readonly account?: TestAccount
  readonly address?: string
}

const tokenOf = (account: TestAccount): string => account.authorization(clock.nowNs())

function tries(protocol: string) {
  return ({
    topics = [message.contentTopic],
    account = alice,
    address = '192.0.2.1',
  }: Try = {}) => {
    const envelopes = topics.map((contentTopic) => ({ ...message, contentTopic }))
    return from(address, protocol).publish(envelopes, tokenOf(account))
  }
}

describe.each(protocols)('%s', (protocol) => {
  const publish = tries(protocol)

  test('default: everybody may publish', async () => {
    expect((await publish()).status).toBe(0)
  })

  describe('deny list', () => {
    test.each([
      ['the checksum', (address: string) => address],
      ['lower case', (address: string) => address.toLowerCase()],
      ['upper case', (address: string) => `0x${address.slice(2).toUpperCase()}`],
    ])('holds for an account in %s', async (_case, form) => {
      await settle({ [`access/deny/publish/${form(alice.address)}`]: {} })
      expect(await publish()).toMatchObject({ status: permissionDenied, code: 'postage/denied' })
      expect((await publish({ account: bob })).status).toBe(0)
    })

    test.each([
      ['192.0.2.1', '192.0.2.1', '192.0.2.2'],
      ['192.0.2.0/24', '192.0.2.255', '192.0.3.0'],
      ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:192.0.2.2'],
      ['2001:db8::/32', '2001:db8:1::1', '2001:db9::1'],
      ['2001:db8::1', '2001:DB8:0:0::1', '2001:db8::2'],
    ])('with %s holds for %s and not for %s', async (block, denied, other) => {
      await settle({ [`access/deny/publish/${block}`]: {} })
      const refused = await publish({ address: denied })
      expect(refused).toMatchObject({ status: permissionDenied, code: 'postage/denied' })
      expect(refused.message).not.toMatch(/192|2001|0x/i)
      expect((await publish({ address: other })).status).toBe(0)
    })

    test('has a power each for keys and for messages', async () => {
      await settle({
        [`access/deny/register/${alice.address}`]: {},
        [`access/deny/publish/${bob.address}`]: {},
      })
      const ownStore = [privateStoreTopic(alice.address)]
      expect((await publish()).status).toBe(0)
      expect((await publish({ topics: ownStore })).code).toBe('postage/denied')
      const mixed = await publish({ topics: [message.contentTopic, ...ownStore] })
      expect(mixed.code).toBe('postage/denied')
      const contact = [alice.contact(1n)]
      const refused = await from('192.0.2.1', protocol).publish(contact, tokenOf(alice))
      expect(refused.code).toBe('postage/denied')
      expect((await publish({ account: bob })).code).toBe('postage/denied')
      const bobs = { account: bob, topics: [privateStoreTopic(bob.address)] }
      expect((await publish(bobs)).status).toBe(0)
    })

    test('refuses queries and streams of an address', async () => {
      await settle({ 'access/deny/publish/192.0.2.1': {} })
      const client = from('192.0.2.1', protocol)
      const refusal = { status: permissionDenied, code: 'postage/denied' }
      expect(await client.query({ contentTopics: ['a'] })).toMatchObject(refusal)
      expect(await client.batchQuery({ requests: [] })).toMatchObject(refusal)
      for (const stream of [await client.subscribe(['a']), await client.subscribeAll()]) {
        expect(stream.isSubscribed).toBe(false)
        expect(await stream.next()).toBeUndefined()
        expect(stream.outcome().status).toBe(permissionDenied)
      }
      const other = from('192.0.2.2', protocol)
      expect((await other.query({ contentTopics: ['a'] })).status).toBe(0)
    })

    test('ends open streams and refuses cached tokens within a second', async () => {
      const streams = await Promise.all(
        ['192.0.2.1', '192.0.2.2'].map((address) => from(address, protocol).subscribe([protocol])),
      )
      const [shutOut, other] = streams
      const token = tokenOf(alice)
      const again = () => from('192.0.2.3', protocol).publish([message], token)
      expect((await again()).status).toBe(0)
      await replaceSettings(store.settings, {
        'access/deny/publish/192.0.2.1': {},
        [`access/deny/publish/${alice.address}`]: {},
      })
      const ended = shutOut?.next()
      await clock.advance(500)
      expect(await ended).toBeUndefined()
      expect(shutOut?.outcome().status).toBe(permissionDenied)
      expect((await again()).code).toBe('postage/denied')
      const delivered = other?.next()
      const sent = { ...message, contentTopic: protocol }
      await from('192.0.2.3', protocol).publish([sent], tokenOf(bob))
      expect(await delivered).toMatchObject(sent)
      other?.cancel()
    })
  })

  describe('allow list', () => {
    test('admits whom it names, with the power it names', async () => {
      await settle({
        'access/mode': 'allow-list',
        [`access/allow/publish/${alice.address.toLowerCase()}`]: {},
        [`access/allow/register/${bob.address}`]: {},
        'access/allow/publish/203.0.113.0/24': {},
      })
      const refusal = { status: permissionDenied, code: 'postage/not-listed' }
      const bobs = { account: bob, topics: [privateStoreTopic(bob.address)] }
      expect((await publish()).status).toBe(0)
      expect(await publish({ topics: [privateStoreTopic(alice.address)] })).toMatchObject(refusal)
      expect((await publish(bobs)).status).toBe(0)
      expect(await publish({ account: bob })).toMatchObject(refusal)
      expect((await publish({ account: bob, address: '203.0.113.77' })).status).toBe(0)
      expect((await from('192.0.2.1', protocol).query({ contentTopics: ['a'] })).status).toBe(0)
    })

    test('admits the privileged, and nobody who is denied', async () => {
      await settle({
        'access/mode': 'allow-list',
        [`access/privileged/${alice.address}`]: {},
        [`access/allow/publish/${bob.address}`]: {},
        'access/deny/publish/192.0.2.8/29': {},
      })
      expect((await publish()).status).toBe(0)
      expect((await publish({ account: bob })).status).toBe(0)
      for (const account of [alice, bob]) {
        expect((await publish({ account, address: '192.0.2.9' })).code).toBe('postage/denied')
      }
    })
  })

  describe('limits', () => {
    const three = Array<string>(3).fill(message.contentTopic)

    test('are of the account and of the address, with the wait in the refusal', async () => {
      await settle({ 'limits/publish': { burst: 3, perMinute: 6 } })
      expect((await publish({ topics: three })).status).toBe(0)
      const refused = await publish({ address: '192.0.2.7' })
      expect(refused).toMatchObject({ status: resourceExhausted, code: 'rate/exceeded' })
      expect(refused.message).toContain('3 at once and 6 a minute, try again in 10000 ms')
      expect((await publish({ account: bob })).code).toBe('rate/exceeded')
      expect((await publish({ account: bob, address: '192.0.2.7' })).status).toBe(0)
      await clock.advance(10_000)
      expect((await publish()).status).toBe(0)
    })

    test('are not escaped by a header that the client makes up', async () => {
      await settle({ 'limits/publish': { burst: 3, perMinute: 6 } })
      await publish({ topics: three })
      for (const address of ['198.51.100.1, 192.0.2.1', 'unknown, 192.0.2.1', '::1, 192.0.2.1']) {
        expect((await publish({ account: bob, address })).code).toBe('rate/exceeded')
      }
    })

    test('count each envelope, however many', async () => {
      await settle({ 'limits/publish': { burst: 999, perMinute: 1 } })
      const topics = Array<string>(1_000).fill('c')
      expect(await publish({ topics })).toMatchObject({
        status: resourceExhausted,
        code: 'rate/over-burst',
      })
      const many = Array<string>(20_000).fill('c')
      expect((await publish({ topics: many })).code).toBe('publish/too-many-envelopes')
      const tooMany = Array<string>(65_536).fill('c')
      expect((await publish({ topics: tooMany })).code).toBe('api/too-many-values')
    })

    test('are four times as high for the privileged', async () => {
      await settle({
        'limits/publish': { burst: 3, perMinute: 6 },
        [`access/privileged/${bob.address}`]: {},
      })
      const outcomes = []
      for (let count = 0; count < 5; count++) {
        outcomes.push((await publish({ account: bob, topics: three })).status)
      }
      expect(outcomes).toEqual([0, 0, 0, 0, resourceExhausted])
      expect((await publish({ topics: three })).status).toBe(0)
    })

    test('of reads count queries, batches by their requests, and streams', async () => {
      await settle({ 'limits/read': { burst: 4, perMinute: 1 } })
      const client = from('192.0.2.1', protocol)
      const query = {
        contentTopics: ['a'],
        startTimeNs: 0n,
        endTimeNs: 0n,
        pagingInfo: undefined,
      }
      expect((await client.query(query)).status).toBe(0)
      expect((await client.batchQuery({ requests: [query, query] })).status).toBe(0)
      ;(await client.subscribe(['a'])).cancel()
      const refusal = { status: resourceExhausted, code: 'rate/exceeded' }
      expect(await client.query(query)).toMatchObject(refusal)
      const stream = await client.subscribe(['a'])
      expect(await stream.next()).toBeUndefined()
      expect(stream.outcome().status).toBe(resourceExhausted)
      expect((await from('192.0.2.2', protocol).query(query)).status).toBe(0)
    })

    test('of reads count tokens that do not hold, before they are checked', async () => {
      await settle({ 'limits/read': { burst: 3, perMinute: 1 } })
      const client = from('192.0.2.1', protocol)
      const codes = []
      for (let count = 0; count < 5; count++) {
        codes.push((await client.publish([message], `Bearer ${count}`)).code)
      }
      expect(codes.slice(0, 3)).toEqual(Array(3).fill('identity/token-malformed'))
      expect(codes.slice(3)).toEqual(Array(2).fill('rate/exceeded'))
    })
  })

  test('owned topics are for their owner alone, also among others', async () => {
    for (const owned of [privateStoreTopic(bob.address), contactTopic(bob.address)]) {
      for (const topics of [[owned], [message.contentTopic, owned]]) {
        expect(await publish({ topics })).toMatchObject({
          status: permissionDenied,
          code: 'publish/restricted-topic',
        })
      }
    }
  })

  test('owned topics in disguise are nobody’s contact or key bundle, or refused', async () => {
    const disguises = [
      contactTopic(bob.address).replace('contact-', 'contact%2d'),
      contactTopic(bob.address).replaceAll('/', '%2f'),
      contactTopic(bob.address).replace('contact', 'contаct'),
      contactTopic(bob.address).replace('/xmtp', '//xmtp'),
      `${contactTopic(bob.address)}\u0000`,
      contactTopic(bob.address.toLowerCase()),
      contactTopic(`${bob.address}-${alice.address}`),
      contactTopic(`${alice.address}/../contact-${bob.address}`),
      privateStoreTopic(bob.address).replace('/key_bundle', '%2fkey_bundle'),
      privateStoreTopic(`${bob.address}`).replace('privatestore', 'PrivateStore'),
    ]
    const forged = { ...message, message: Buffer.from('forged') }
    for (const contentTopic of disguises) {
      await from('192.0.2.1', protocol).publish([{ ...forged, contentTopic }], tokenOf(alice))
      const client = from('192.0.2.2', protocol)
      for (const contentTopics of [[contactTopic(bob.address)], [privateStoreTopic(bob.address)]]) {
        const { reply } = await client.query({ contentTopics })
        const texts = reply?.envelopes.map((each) => String(each.message))
        expect(texts).not.toContain('forged')
      }
    }
  })
})

test('each further request of Subscribe2 counts like another stream', async () => {
  await settle({ 'limits/read': { burst: 3, perMinute: 1 } })
  const { grpc } = clientsOf(testNode.url, { 'x-forwarded-for': '192.0.2.98' })
  const call = grpc.open('/xmtp.message_api.v1.MessageApi/Subscribe2')
  const request = frameOf(
    SubscribeRequest.encode({ contentTopics: ['a'], resume: undefined }).finish(),
  )
  for (let count = 0; count < 3; count++) call.write(request)
  expect(await call.headers).toMatchObject({ subscribed: 'true' })
  const ended = call.next()
  await clock.advance(100)
  expect(await Promise.race([ended, 'open'])).toBe('open')
  call.write(request)
  expect(await ended).toBeUndefined()
  expect(call.outcome()).toMatchObject({ status: resourceExhausted, code: 'rate/exceeded' })
  grpc.close()
})

test('a refusal says in headers when to come back', async () => {
  await settle({ 'limits/read': { burst: 1, perMinute: 2 } })
  const { json, grpc } = clientsOf(testNode.url, { 'x-forwarded-for': '192.0.2.99' })
  const body = JSON.stringify({ contentTopics: ['a'] })
  await json.post('/message/v1/query', body)
  const reply = await json.post('/message/v1/query', body)
  expect([reply.httpStatus, reply.headers.get('retry-after')]).toEqual([429, '30'])
  const stream = await json.post('/message/v1/subscribe', body)
  expect([stream.httpStatus, stream.headers.get('retry-after')]).toEqual([429, '30'])
  const call = grpc.open('/xmtp.message_api.v1.MessageApi/SubscribeAll')
  call.end()
  expect(await call.headers).toMatchObject({
    'grpc-status': '8',
    'grpc-retry-pushback-ms': '30000',
  })
  grpc.close()
})

test('a node that trusts no proxy believes no header', async () => {
  const warnings: string[] = []
  const log = { ...silentLogger, warn: (_: object, text: string) => void warnings.push(text) }
  await using plain = await startTestNode({ limits: 'on', 'read-limit': '2/1' }, { log })
  for (const [index, protocol] of protocols.entries()) {
    const clients = clientsOf(plain.url, { 'x-forwarded-for': `198.51.100.${index}` })
    const { status } = await clientOf(clients, protocol).query({ contentTopics: ['a'] })
    expect(status).toBe(index < 2 ? 0 : resourceExhausted)
    for (const each of clients.clients) each.close()
  }
  expect(warnings).toEqual([expect.stringContaining('--trusted-proxy')])
})

test('a node of this machine alone limits nobody', async () => {
  await using plain = await startTestNode({ 'read-limit': '1/1' })
  for (let count = 0; count < 5; count++) {
    expect((await plain.grpc.query({ contentTopics: ['a'] })).status).toBe(0)
  }
})
