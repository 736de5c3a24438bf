import { loadCrypto } from '@posthorn/crypto'
import { createVirtualClock } from '@posthorn/testing'
import { createPublicClient, getAddress, http, toCoinType } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testNameResolver } from '../contract.ts'
import type { NameResolver } from '../name-resolver.ts'
import { createNames, type Names } from '../names.ts'
import { noAnvil, startTimeoutMs } from '../testing/anvil.ts'
import { type EnsWorld, startEnsWorld } from '../testing/ens-world.ts'
import { createEnsResolver, type EnsOptions } from './ens-resolver.ts'

const alice = getAddress('0xa11ce00000000000000000000000000000000001')
const bob = getAddress('0xb0b0000000000000000000000000000000000002')
const carol = getAddress('0xca20100000000000000000000000000000000003')
const stranger = getAddress('0x5720000000000000000000000000000000000009')
const base = 8453
const baseCoin = Number(toCoinType(base))

describe.skipIf(noAnvil !== undefined)('createEnsResolver', () => {
  let world: EnsWorld
  let names: Names
  let resolver: NameResolver
  const crypto = loadCrypto()
  const signal = new AbortController().signal
  const isLoopback = (url: URL): boolean => url.hostname === '127.0.0.1'

  const optionsOf = (more: Partial<EnsOptions> = {}): EnsOptions => ({
    ethereum: world.chain.url,
    universalResolver: world.universalResolver,
    isAllowedGateway: isLoopback,
    chains: [base],
    ...more,
  })
  const namesOf = async (...resolvers: NameResolver[]): Promise<Names> =>
    createNames({ resolvers, crypto: await crypto, clock: createVirtualClock() })

  beforeAll(async () => {
    world = await startEnsWorld()
    await world.give('alice.eth', {
      address: alice,
      texts: {
        avatar: 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a.png',
        description: 'Hello',
      },
    })
    await world.claim(alice, 'alice.eth')
    // Bob says that he is Alice.
    await world.claim(bob, 'alice.eth')
    await world.sendToGateway('cb.id')
    await world.sendToGateway('base.eth', 'POST')
    world.gateway.records.set('carol.cb.id', {
      address: carol,
      texts: { avatar: 'https://pictures.example/c.png' },
    })
    world.gateway.records.set('carol.base.eth', {
      address: carol,
      addresses: { [baseCoin]: carol },
    })
    await world.claim(carol, 'carol.base.eth', baseCoin)
    await world.breakName('broken.eth')
    await world.give('records.eth', { texts: { description: 'No address' } })
  }, startTimeoutMs)
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    world.gateway.mood = 'answers'
    world.gateway.hits.length = 0
    resolver = createEnsResolver(optionsOf())
    names = await namesOf(resolver)
  })

  testNameResolver('ENS', () => ({
    resolver,
    known: { name: 'alice.eth', address: alice },
    spellings: ['Alice.ETH', 'ＡLICE.eth', 'alice。eth'.replace('。', '.')],
    owner: alice,
    freeName: 'nobody.eth',
    stranger,
    invalidNames: ['ali\u202ece.eth', 'al_ice.eth', 'аlice.eth', 'a..eth'],
    otherForms: ['@alice', 'eth', 'https://alice.eth/'],
    away: createEnsResolver(optionsOf({ ethereum: 'http://127.0.0.1:1' })),
  }))

  test('a name leads to an address and the address back to the name, with its picture', async () => {
    expect(await names.resolve('Alice.eth')).toEqual({
      name: 'alice.eth',
      address: alice,
      source: 'ens',
    })
    expect(await names.lookup(alice)).toEqual({
      name: 'alice.eth',
      address: alice,
      source: 'ens',
      avatar: 'ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a.png',
    })
  })

  test('a name that does not lead back is not shown, whoever claims it', async () => {
    expect(await names.lookup(bob)).toBeUndefined()
  })

  test('text records are read, empty ones are none', async () => {
    expect(await names.text('alice.eth', 'description')).toBe('Hello')
    expect(await names.text('alice.eth', 'url')).toBeUndefined()
    expect(await names.text('nobody.eth', 'url')).toBeUndefined()
  })

  test('a name without an address leads nowhere', async () => {
    expect(await names.resolve('records.eth')).toBeUndefined()
  })

  test('a name below a wildcard is asked for at its gateway', async () => {
    expect((await names.resolve('carol.cb.id'))?.address).toBe(carol)
    expect(world.gateway.hits).toEqual(['GET'])
    expect(await names.resolve('nobody.cb.id')).toBeUndefined()
  })

  test('a name of Base is found by its reverse name there and leads back through the gateway', async () => {
    expect(await names.lookup(carol)).toMatchObject({ name: 'carol.base.eth', address: carol })
    expect(world.gateway.hits).toContain('POST')
  })

  test('a name with an address on Base only leads there when Base counts', async () => {
    world.gateway.records.set('dora.base.eth', { addresses: { [baseCoin]: bob } })
    expect((await names.resolve('dora.base.eth'))?.address).toBe(bob)
    const onlyEthereum = await namesOf(createEnsResolver(optionsOf({ chains: [] })))
    expect(await onlyEthereum.resolve('dora.base.eth')).toBeUndefined()
  })

  test('what a broken resolver answers is no answer', async () => {
    expect(await names.resolve('broken.eth')).toBeUndefined()
    expect(await names.text('broken.eth', 'url')).toBeUndefined()
  })

  test.each(['fails', 'floods', 'babbles', 'sends elsewhere'] as const)(
    'a gateway that %s is unavailable, not without the name',
    async (mood) => {
      world.gateway.mood = mood
      const failing = createEnsResolver(optionsOf({ maxGatewayBytes: 1_000_000 }))
      await expect(failing.resolve('carol.cb.id', { signal })).rejects.toMatchObject({
        code: 'names/unavailable',
      })
    },
  )

  test('of many gateways the next one is asked when one fails, but not all of them', async () => {
    await world.sendToGateway('many.eth', 'GET', 10)
    world.gateway.mood = 'fails'
    await expect(resolver.resolve('many.eth', { signal })).rejects.toMatchObject({
      code: 'names/unavailable',
    })
    expect(world.gateway.hits).toHaveLength(4)
  })

  test('a gateway that knows nobody of that name says that there is none', async () => {
    world.gateway.mood = 'knows nobody'
    expect(await names.resolve('carol.cb.id')).toBeUndefined()
  })

  test('a gateway on a private address is not asked unless the caller allows it', async () => {
    const careful = createEnsResolver(optionsOf({ isAllowedGateway: undefined }))
    await expect(careful.resolve('carol.cb.id', { signal })).rejects.toMatchObject({
      code: 'names/unavailable',
    })
    expect(world.gateway.hits).toEqual([])
  })

  test('a viem client serves as well as a URL', async () => {
    const client = createPublicClient({ transport: http(world.chain.url) })
    const byClient = createEnsResolver(optionsOf({ ethereum: client }))
    expect((await byClient.resolve('alice.eth', { signal }))?.address).toBe(alice)
  })

  test('many names go out in one batch', async () => {
    let requests = 0
    const counting: typeof globalThis.fetch = (...args) => {
      requests++
      return globalThis.fetch(...args)
    }
    const batched = await namesOf(createEnsResolver(optionsOf({ fetch: counting, chains: [] })))
    const outcomes = await batched.resolveMany(
      Array.from({ length: 12 }, (_, index) => (index === 5 ? 'alice.eth' : `nobody${index}.eth`)),
    )
    expect(outcomes.map((outcome) => outcome.kind).join(' ')).toBe(
      'none none none none none found none none none none none none',
    )
    expect(requests).toBe(1)
  })

  test('error: a chain without ENS says so', async () => {
    const elsewhere = createEnsResolver(optionsOf({ universalResolver: stranger }))
    await expect(elsewhere.resolve('alice.eth', { signal })).rejects.toMatchObject({
      code: 'names/no-ens',
    })
  })

  test('error: a text that is no RPC URL is refused at once', () => {
    expect(() => createEnsResolver({ ethereum: 'ws://node' })).toThrow('wanted an http(s) URL')
  })
})
