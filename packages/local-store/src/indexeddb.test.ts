import 'fake-indexeddb/auto'
import { loadCrypto } from '@posthorn/crypto'
import { StorageError } from '@posthorn/errors'
import { openDB } from 'idb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { conversation, message, storeKey } from './contract/fixtures.ts'
import { testLocalStore } from './contract.ts'
import { layoutVersion, openIndexedDbEngine } from './indexeddb/indexeddb-engine.ts'
import { openIndexedDbStore, standForLeader } from './indexeddb.ts'
import { storeName } from './store-name.ts'

const crypto = await loadCrypto()
let accounts = 0
const newOwner = () => ({ network: 'test', address: `0x${++accounts}` })
const databaseName = (owner: ReturnType<typeof newOwner>) =>
  `posthorn-${storeName(crypto.hash, owner)}`

afterEach(() => {
  vi.unstubAllGlobals()
})

testLocalStore('indexeddb store', async () => {
  const owner = newOwner()
  return {
    open: (key = storeKey) => openIndexedDbStore({ ...owner, crypto, key }),
    engine: () => openIndexedDbEngine(databaseName(owner)),
    [Symbol.asyncDispose]: async () => undefined,
  }
})

describe('indexeddb store', () => {
  test('default: tabs are told what another one changed', async () => {
    const owner = newOwner()
    await using one = await openIndexedDbStore({ ...owner, crypto, key: storeKey })
    await using two = await openIndexedDbStore({ ...owner, crypto, key: storeKey })
    const changes = two.changes()[Symbol.asyncIterator]()
    await one.put({ conversations: [conversation(1)] })
    const { topic } = conversation(1)
    expect(await changes.next()).toEqual({ value: [{ kind: 'conversation', topic }], done: false })
  })

  test('default: accounts and networks have stores of their own', async () => {
    const { address } = newOwner()
    const key = storeKey
    await using here = await openIndexedDbStore({ address, network: 'one', crypto, key })
    await using there = await openIndexedDbStore({ address, network: 'two', crypto, key })
    await using same = await openIndexedDbStore({
      address: address.toUpperCase().replace('0X', '0x'),
      network: 'one',
      crypto,
      key,
    })
    await here.put({ conversations: [conversation(1)], messages: [message(1)] })
    expect(await there.message('message 1')).toBeUndefined()
    expect(await same.message('message 1')).toBeDefined()
  })

  test('behavior: without IndexedDB the store is in memory and says so', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await using store = await openIndexedDbStore({ ...newOwner(), crypto, key: storeKey })
    expect(store.persistence).toEqual({ kind: 'memory', reason: 'no-indexeddb' })
    await store.put({ conversations: [conversation(1)] })
    expect(await store.conversation(conversation(1).topic)).toBeDefined()
  })

  test.each(['SecurityError', 'UnknownError', 'QuotaExceededError'])(
    'behavior: when the browser refuses with %s the store is in memory and says so',
    async (name) => {
      const open = () => {
        throw new DOMException('refused', name)
      }
      vi.stubGlobal('indexedDB', { open })
      await using store = await openIndexedDbStore({ ...newOwner(), crypto, key: storeKey })
      expect(store.persistence).toEqual({ kind: 'memory', reason: 'no-storage' })
    },
  )

  test('error: when there is no room left, a put says so and stores nothing', async () => {
    await using store = await openIndexedDbStore({ ...newOwner(), crypto, key: storeKey })
    await store.put({ conversations: [conversation(1)] })
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    const full = store.put({ messages: [message(1)] })
    await expect(full).rejects.toMatchObject({ code: 'local-store/full', name: 'StorageError' })
    put.mockRestore()
    expect(await store.message('message 1')).toBeUndefined()
    await store.put({ messages: [message(1)] })
    expect(await store.message('message 1')).toBeDefined()
  })

  test('error: a database of a later release is refused and left as it is', async () => {
    const owner = newOwner()
    const later = await openDB(databaseName(owner), layoutVersion + 1)
    later.close()
    const opened = openIndexedDbStore({ ...owner, crypto, key: storeKey })
    await expect(opened).rejects.toMatchObject({ code: 'local-store/newer-version' })
  })

  test('behavior: a later release may change the layout while an old tab is open', async () => {
    const owner = newOwner()
    await using store = await openIndexedDbStore({ ...owner, crypto, key: storeKey })
    const later = await openDB(databaseName(owner), layoutVersion + 1)
    later.close()
    await expect(store.put({ conversations: [conversation(1)] })).rejects.toThrow(StorageError)
  })
})

describe('leadership', () => {
  test('default: the first leads, and the next one takes over when it steps down', async () => {
    const name = 'take-over'
    const first = standForLeader({ name })
    await first.elected
    const second = standForLeader({ name })
    const third = standForLeader({ name })
    expect([first.isLeader(), second.isLeader()]).toEqual([true, false])
    await second[Symbol.asyncDispose]()
    await expect(second.elected).rejects.toMatchObject({ code: 'local-store/no-leadership' })
    await first[Symbol.asyncDispose]()
    await third.elected
    expect([first.isLeader(), third.isLeader()]).toEqual([false, true])
    await third[Symbol.asyncDispose]()
  })

  test('behavior: accounts have leaders of their own', async () => {
    await using one = standForLeader({ name: 'one' })
    await using two = standForLeader({ name: 'two' })
    await Promise.all([one.elected, two.elected])
    expect([one.isLeader(), two.isLeader()]).toEqual([true, true])
  })

  test('behavior: where there are no locks every tab leads', async () => {
    vi.stubGlobal('navigator', {})
    await using one = standForLeader({ name: 'no locks' })
    await using two = standForLeader({ name: 'no locks' })
    await Promise.all([one.elected, two.elected])
    expect(two.isLeader()).toBe(true)
  })
})
