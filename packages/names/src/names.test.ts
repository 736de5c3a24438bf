import { loadCrypto } from '@posthorn/crypto'
import { CodecError, TransportError, UsageError, ValidationError } from '@posthorn/errors'
import { createVirtualClock, type VirtualClock } from '@posthorn/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { NameStore } from './name-cache.ts'
import type { NameResolver, ResolverCall } from './name-resolver.ts'
import { createNames, type Names, type NamesOptions } from './names.ts'

const alice = '0xA11cE00000000000000000000000000000000001'
const bob = '0xB0B0000000000000000000000000000000000002'

type Book = {
  kind?: string
  /** Where names lead. */
  names?: Record<string, string>
  /** What addresses claim, by lower-case address. */
  claims?: Record<string, string>
  texts?: Record<string, string>
  ending?: string
}

// A system of names in memory. It counts what it is asked, and does what `act` says before it answers.
function bookResolver({
  kind = 'book',
  names = {},
  claims = {},
  texts = {},
  ending = '.eth',
}: Book) {
  const asked: string[] = []
  const state = { act: async (_: ResolverCall): Promise<void> => {} }
  const resolver: NameResolver = {
    kind,
    canResolve: (name) => name.endsWith(ending),
    async resolve(name, call) {
      asked.push(`resolve ${name}`)
      await state.act(call)
      if (name.includes('!')) throw new ValidationError('names/invalid-name', 'Resolve name: no')
      const canonical = name.toLowerCase()
      const address = names[canonical]
      return address === undefined ? undefined : { name: canonical, address }
    },
    async lookup(address, call) {
      asked.push(`lookup ${address}`)
      await state.act(call)
      const name = claims[address.toLowerCase()]
      return name === undefined ? undefined : { name, avatar: 'https://pictures.example/a.png' }
    },
    async text(name, key, call) {
      asked.push(`text ${name} ${key}`)
      await state.act(call)
      return texts[key]
    },
  }
  return { resolver, asked, state }
}

const never = (): Promise<void> => new Promise(() => {})
const down = async (): Promise<void> => {
  throw new TransportError('names/unavailable', 'Ask: nobody there')
}

describe('createNames', () => {
  let clock: VirtualClock
  let crypto: NamesOptions['crypto']
  let addressOf: { alice: string; bob: string }

  beforeEach(async () => {
    clock = createVirtualClock()
    crypto = await loadCrypto()
    const { parseAddress } = await import('@posthorn/identity')
    addressOf = {
      alice: parseAddress(crypto, alice.toLowerCase()),
      bob: parseAddress(crypto, bob.toLowerCase()),
    }
  })

  const open = (resolvers: readonly NameResolver[], more: Partial<NamesOptions> = {}): Names =>
    createNames({ resolvers, crypto, clock, ...more })
  const full = (): Book => ({
    names: { 'alice.eth': alice.toLowerCase() },
    claims: { [alice.toLowerCase()]: 'alice.eth', [bob.toLowerCase()]: 'alice.eth' },
    texts: { url: 'https://alice.example' },
  })

  test('default: a name leads to an address, the address to the name, the name to its texts', async () => {
    const names = open([bookResolver(full()).resolver])
    const found = { name: 'alice.eth', address: addressOf.alice, source: 'book' }
    expect(await names.resolve(' Alice.eth ')).toEqual(found)
    expect(await names.lookup(addressOf.alice)).toEqual({
      ...found,
      avatar: 'https://pictures.example/a.png',
    })
    expect(await names.text('alice.eth', 'url')).toBe('https://alice.example')
    expect(await names.resolve('nobody.eth')).toBeUndefined()
    expect(names.kindOf('alice.eth')).toBe('book')
    expect(names.kindOf('alice')).toBeUndefined()
  })

  describe('verified both ways', () => {
    test('a name that leads elsewhere is not shown', async () => {
      const names = open([bookResolver(full()).resolver])
      expect(await names.lookup(addressOf.bob)).toBeUndefined()
    })

    test.each(['Alice.eth', 'alice!.eth', 'alice.lens', 'nobody.eth'])(
      'a claim of %s, which is not how the name is spelt or leads nowhere, is not shown',
      async (claim) => {
        const book = { ...full(), claims: { [alice.toLowerCase()]: claim } }
        expect(await open([bookResolver(book).resolver]).lookup(addressOf.alice)).toBeUndefined()
      },
    )

    test('a name that an earlier resolver has for somebody else is not shown', async () => {
      const first = bookResolver({ kind: 'first', names: { 'alice.eth': bob } })
      const second = bookResolver({ ...full(), kind: 'second' })
      expect(await open([first.resolver, second.resolver]).lookup(addressOf.alice)).toBeUndefined()
    })

    test('the next resolver is heard when the claim before does not hold', async () => {
      const liar = bookResolver({ kind: 'liar', claims: { [alice.toLowerCase()]: 'king.eth' } })
      const names = open([liar.resolver, bookResolver(full()).resolver])
      expect((await names.lookup(addressOf.alice))?.name).toBe('alice.eth')
    })
  })

  describe('when a resolver is away', () => {
    test('resolving ends there: the next one must not answer in its place', async () => {
      const away = bookResolver({ kind: 'away' })
      away.state.act = down
      const next = bookResolver({ names: { 'alice.eth': bob } })
      await expect(open([away.resolver, next.resolver]).resolve('alice.eth')).rejects.toMatchObject(
        {
          code: 'names/unavailable',
        },
      )
      expect(next.asked).toEqual([])
    })

    test('looking up goes on, but says that there is none only when all were heard', async () => {
      const away = bookResolver({ kind: 'away', ending: '.lens' })
      away.state.act = down
      const names = open([away.resolver, bookResolver(full()).resolver])
      expect((await names.lookup(addressOf.alice))?.name).toBe('alice.eth')
      await expect(names.lookup(addressOf.bob)).rejects.toMatchObject({ code: 'names/unavailable' })
    })

    test('looking up goes on past one that talks nonsense, and stops at one that is set up wrongly', async () => {
      const odd = bookResolver({ kind: 'odd', ending: '.lens' })
      const names = open([odd.resolver, bookResolver(full()).resolver])
      odd.state.act = async () => {
        throw new CodecError('names/bad-answer', 'Ask: found no JSON')
      }
      expect((await names.lookup(addressOf.alice))?.name).toBe('alice.eth')
      odd.state.act = async () => {
        throw new UsageError('names/no-ens', 'Ask: found another chain')
      }
      await expect(names.lookup(addressOf.alice)).rejects.toMatchObject({ code: 'names/no-ens' })
    })

    test('what was answered without it is not kept', async () => {
      const away = bookResolver({ kind: 'away', ending: '.lens' })
      away.state.act = down
      const names = open([away.resolver, bookResolver(full()).resolver])
      await names.lookup(addressOf.alice)
      await names.lookup(addressOf.alice)
      expect(away.asked).toHaveLength(2)
    })

    test('an exception that is not ours becomes names/unavailable', async () => {
      const broken = bookResolver({})
      broken.state.act = async () => {
        throw new TypeError('fetch failed')
      }
      await expect(open([broken.resolver]).resolve('a.eth')).rejects.toMatchObject({
        code: 'names/unavailable',
      })
    })

    test('an address that is none is a bad answer', async () => {
      const broken = bookResolver({ names: { 'a.eth': '0x12' } })
      await expect(open([broken.resolver]).resolve('a.eth')).rejects.toMatchObject({
        code: 'names/bad-answer',
      })
    })
  })

  describe('cache', () => {
    test('an answer is used for its time, then asked for again', async () => {
      const book = bookResolver(full())
      const names = open([book.resolver], { ttlMs: 1_000 })
      await names.resolve('alice.eth')
      await clock.advance(999)
      await names.resolve('alice.eth')
      expect(book.asked).toHaveLength(1)
      await clock.advance(1)
      await names.resolve('alice.eth')
      expect(book.asked).toHaveLength(2)
    })

    test('"there is none" is used for a time of its own', async () => {
      const book = bookResolver(full())
      const names = open([book.resolver], { ttlMs: 1_000, negativeTtlMs: 100 })
      await names.resolve('nobody.eth')
      await clock.advance(99)
      await names.resolve('nobody.eth')
      expect(book.asked).toHaveLength(1)
      await clock.advance(1)
      await names.resolve('nobody.eth')
      expect(book.asked).toHaveLength(2)
    })

    test('answers of the future are not believed', async () => {
      const book = bookResolver(full())
      const names = open([book.resolver])
      await names.resolve('alice.eth')
      clock.shiftWallClock(-1)
      await names.resolve('alice.eth')
      expect(book.asked).toHaveLength(2)
    })

    test('failures are not kept', async () => {
      const book = bookResolver(full())
      const names = open([book.resolver])
      book.state.act = down
      await expect(names.resolve('alice.eth')).rejects.toThrow()
      book.state.act = async () => {}
      expect((await names.resolve('alice.eth'))?.address).toBe(addressOf.alice)
    })

    test('memory is bounded: what was used least lately goes', async () => {
      const book = bookResolver({ names: { 'a.eth': alice, 'b.eth': alice, 'c.eth': alice } })
      const names = open([book.resolver], { maxEntries: 2 })
      for (const name of ['a.eth', 'b.eth', 'a.eth', 'c.eth', 'a.eth', 'b.eth'])
        await names.resolve(name)
      expect(book.asked).toEqual(
        ['a.eth', 'b.eth', 'c.eth', 'b.eth'].map((name) => `resolve ${name}`),
      )
    })

    test('a store of the caller serves another process', async () => {
      const kept = new Map<string, string>()
      const store: NameStore = {
        get: async (key) => kept.get(key),
        set: async (key, text) => void kept.set(key, text),
      }
      await open([bookResolver(full()).resolver], { store }).lookup(addressOf.alice)
      const book = bookResolver({})
      expect(await open([book.resolver], { store }).lookup(addressOf.alice)).toEqual({
        name: 'alice.eth',
        address: addressOf.alice,
        source: 'book',
        avatar: 'https://pictures.example/a.png',
      })
      expect(book.asked).toEqual([])
    })

    test.each([
      '',
      'null',
      '[]',
      '{"value":7,"storedMs":1735689600000}',
      '{"value":{"name":1}}',
      '{',
    ])('a store that answers %s, or fails, is passed over', async (text) => {
      const stores: NameStore[] = [
        { get: async () => text, set: down },
        { get: () => Promise.reject(new TypeError('gone')), set: async () => {} },
      ]
      for (const store of stores) {
        const names = open([bookResolver(full()).resolver], { store })
        expect((await names.resolve('alice.eth'))?.address).toBe(addressOf.alice)
      }
    })
  })

  describe('many at once', () => {
    test('outcomes come in their order, each with its own fate', async () => {
      const names = open([bookResolver(full()).resolver])
      const outcomes = await names.resolveMany(['alice.eth', 'nobody.eth', 'no!.eth', 'alice'])
      expect(outcomes).toMatchObject([
        { kind: 'found', value: { address: addressOf.alice } },
        { kind: 'none' },
        { kind: 'failed', error: { code: 'names/invalid-name' } },
        { kind: 'failed', error: { code: 'names/unsupported-name' } },
      ])
      const found = await names.lookupMany([addressOf.alice, addressOf.bob, '0x1'])
      expect(found.map((outcome) => outcome.kind)).toEqual(['found', 'none', 'failed'])
    })

    test('only so many are asked at a time', async () => {
      const book = bookResolver({})
      let running = 0
      let most = 0
      book.state.act = async () => {
        most = Math.max(most, ++running)
        await clock.sleep(10)
        running--
      }
      const names = open([book.resolver], { maxConcurrent: 3 })
      const done = names.resolveMany(Array.from({ length: 10 }, (_, index) => `${index}.eth`))
      await clock.advance(100)
      expect(await done).toHaveLength(10)
      expect(most).toBe(3)
    })

    test('those who ask the same share one question', async () => {
      const book = bookResolver(full())
      const names = open([book.resolver])
      const all = await Promise.all(Array.from({ length: 5 }, () => names.resolve('alice.eth')))
      expect(new Set(all.map((each) => each?.address))).toEqual(new Set([addressOf.alice]))
      expect(book.asked).toEqual(['resolve alice.eth'])
    })
  })

  describe('time', () => {
    test('a resolver that does not answer is given up, and told', async () => {
      const book = bookResolver({})
      let signal: AbortSignal | undefined
      book.state.act = (call) => {
        signal = call.signal
        return never()
      }
      const asked = open([book.resolver], { timeoutMs: 500 }).resolve('alice.eth')
      const refused = expect(asked).rejects.toMatchObject({ code: 'names/timeout' })
      await clock.advance(500)
      await refused
      expect(signal?.aborted).toBe(true)
    })

    test('no timer is left behind', async () => {
      await open([bookResolver(full()).resolver]).lookup(addressOf.alice)
      await clock.advance(0)
      // The virtual clock keeps a slept timer until its time unless its signal aborted.
      expect(clock.pendingTimers()).toBe(0)
    })

    test('who gives up is let go; the question ends when nobody waits for it any more', async () => {
      const book = bookResolver({})
      let signal: AbortSignal | undefined
      book.state.act = (call) => {
        signal = call.signal
        return never()
      }
      const names = open([book.resolver])
      const [first, second] = [new AbortController(), new AbortController()]
      const asked = [first, second].map((each) =>
        expect(names.resolve('alice.eth', { signal: each.signal })).rejects.toMatchObject({
          code: 'names/cancelled',
        }),
      )
      await clock.advance(0)
      first.abort()
      await asked[0]
      expect(signal?.aborted).toBe(false)
      second.abort()
      await asked[1]
      expect(signal?.aborted).toBe(true)
      expect(book.asked).toHaveLength(1)
    })

    test('a look-up that was given up asks no further resolver', async () => {
      const slow = bookResolver({ kind: 'slow', ending: '.lens' })
      slow.state.act = never
      const next = bookResolver(full())
      const giveUp = new AbortController()
      const { signal } = giveUp
      const asked = open([slow.resolver, next.resolver]).lookup(addressOf.alice, { signal })
      const refused = expect(asked).rejects.toMatchObject({ code: 'names/cancelled' })
      await clock.advance(0)
      giveUp.abort()
      await refused
      await clock.advance(0)
      expect(next.asked).toEqual([])
    })

    test('who asks with a signal that has aborted asks nobody', async () => {
      const book = bookResolver(full())
      const signal = AbortSignal.abort()
      const names = open([book.resolver])
      await expect(names.resolve('alice.eth', { signal })).rejects.toMatchObject({
        code: 'names/cancelled',
      })
      await expect(names.lookupMany([addressOf.alice], { signal })).rejects.toMatchObject({
        code: 'names/cancelled',
      })
      expect(book.asked).toEqual([])
    })
  })

  test('error: a text that no resolver takes, or a name without end, is refused at once', async () => {
    const names = open([bookResolver(full()).resolver])
    await expect(names.resolve('alice')).rejects.toMatchObject({ code: 'names/unsupported-name' })
    await expect(names.resolve(`${'a'.repeat(300)}.eth`)).rejects.toMatchObject({
      code: 'names/invalid-name',
    })
    await expect(names.lookup('alice.eth')).rejects.toMatchObject({ code: 'identity/bad-address' })
  })
})
