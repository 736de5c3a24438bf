import { loadVerifyCrypto } from '@posthorn/crypto/verify'
import { contactTopic } from '@posthorn/envelope'
import { createMemoryStore } from '@posthorn/store'
import { createVirtualClock } from '@posthorn/testing'
import type { Envelope } from '@posthorn/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createContactGate } from './contact-gate.ts'
import { createTestAccount, type TestAccount } from './contract/test-account.ts'
import { startTestNode, type TestNode } from './contract/test-node.ts'

const clock = createVirtualClock()
const nsPerMinute = 60_000_000_000n

let testNode: TestNode
let accountNumber = 100
let alice: TestAccount
let bob: TestAccount

beforeAll(async () => {
  testNode = await startTestNode({}, { clock })
  bob = await createTestAccount(2, clock.nowMs())
})
beforeEach(async () => {
  alice = await createTestAccount(accountNumber++, clock.nowMs() - 10_000)
})
afterAll(() => testNode[Symbol.asyncDispose]())

async function stored(account: TestAccount): Promise<bigint[]> {
  const { reply } = await testNode.grpc.query({ contentTopics: [contactTopic(account.address)] })
  return reply?.envelopes.map(({ timestampNs }) => timestampNs) ?? []
}

describe('contact topics', () => {
  test('take both versions of the bundle of their account, again and again', async () => {
    const nowNs = clock.nowNs()
    expect((await testNode.json.publish([alice.contact(nowNs, 'v1')])).status).toBe(0)
    expect((await testNode.json.publish([alice.contact(nowNs + 1n, 'v2')])).status).toBe(0)
    expect((await testNode.json.publish([alice.contact(nowNs + 2n, 'v1')])).status).toBe(0)
    expect(await stored(alice)).toHaveLength(3)
  })

  test.each<readonly [string, () => Envelope, string]>([
    [
      'a bundle of another account',
      () => ({ ...bob.contact(1n), contentTopic: contactTopic(alice.address) }),
      'contact/not-owner',
    ],
    [
      'bytes that are no bundle',
      () => ({ ...alice.contact(1n), message: Buffer.from('hello') }),
      'contact/not-a-bundle',
    ],
    [
      'nothing',
      () => ({ ...alice.contact(1n), message: new Uint8Array(0) }),
      'contact/not-a-bundle',
    ],
    [
      'a bundle with a flipped bit',
      () => {
        const contact = alice.contact(1n)
        const message = Uint8Array.from(contact.message)
        message[60] = (message[60] ?? 0) ^ 1
        return { ...contact, message }
      },
      'contact/not-a-bundle',
    ],
  ])('refuse %s', async (_name, make, code) => {
    const refused = await testNode.json.publish([make()])
    expect(refused).toMatchObject({ status: 7, code })
    expect(await stored(alice)).toEqual([])
  })

  test('named in lower case, as the first clients did, take the bundle of their account', async () => {
    const contentTopic = contactTopic(alice.address.toLowerCase())
    const outcome = await testNode.json.publish([{ ...alice.contact(1n), contentTopic }])
    expect(outcome.status).toBe(0)
  })

  test('refuse times more than five minutes ahead, which would pin a bundle', async () => {
    const limitNs = clock.nowNs() + 5n * nsPerMinute
    expect((await testNode.json.publish([alice.contact(limitNs)])).status).toBe(0)
    const refused = await testNode.json.publish([alice.contact(limitNs + 1n)])
    expect(refused).toMatchObject({ status: 3, code: 'contact/from-future' })
    const last = await testNode.json.publish([alice.contact(2n ** 64n - 1n)])
    expect(last.code).toBe('contact/from-future')
  })

  test('refuse an older bundle after a newer one, whatever its time says', async () => {
    const newer = await alice.withNewKeys(clock.nowMs())
    const nowNs = clock.nowNs()
    expect((await testNode.json.publish([alice.contact(nowNs)])).status).toBe(0)
    expect((await testNode.json.publish([newer.contact(nowNs - 5n)])).status).toBe(0)
    const refused = await testNode.json.publish([alice.contact(nowNs + 1n)])
    expect(refused).toMatchObject({ status: 7, code: 'contact/older-bundle' })
    expect((await testNode.json.publish([newer.contact(nowNs + 2n)])).status).toBe(0)
    expect(await stored(alice)).toEqual([nowNs + 2n, nowNs, nowNs - 5n])
  })

  test('refuse an older bundle behind a newer one in the same publish', async () => {
    const newer = await alice.withNewKeys(clock.nowMs())
    const both = [newer.contact(1n), alice.contact(2n)]
    expect((await testNode.json.publish(both)).code).toBe('contact/older-bundle')
    expect((await testNode.json.publish(both.toReversed())).status).toBe(0)
  })

  test('let no older bundle slip in while a newer one is being stored', async () => {
    const crypto = await loadVerifyCrypto()
    await using store = createMemoryStore({ sha256: crypto.hash.sha256 })
    const gate = createContactGate({ store, crypto, clock })
    const newer = (await alice.withNewKeys(clock.nowMs())).contact(1n)
    const older = alice.contact(2n)
    const disk = Promise.withResolvers<void>()
    const storing = gate.guard([newer], async () => {
      await disk.promise
      await store.append([newer])
    })
    const slipping = gate.guard([older], () => store.append([older]))
    disk.resolve()
    await storing
    await expect(slipping).rejects.toMatchObject({ code: 'contact/older-bundle' })
    expect((await store.counts()).envelopes).toBe(1)
  })

  test('refuse more contacts at once than any client sends', async () => {
    const many = Array.from({ length: 11 }, (_, index) => alice.contact(BigInt(index)))
    expect(await testNode.json.publish(many)).toMatchObject({ status: 3, code: 'contact/too-many' })
  })
})
