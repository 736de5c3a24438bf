import 'fake-indexeddb/auto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testKeyVault } from './contract.ts'
import { createIndexedDbVault } from './indexeddb.ts'

const owner = { network: 'test', address: '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B' }
let databases = 0
const newName = (): string => `keys ${++databases}`

type Entry = { wrapKey: CryptoKey; ciphertext: Uint8Array }

/** Reads, and where asked changes, what lies in a database. */
function entryIn(name: string, change: (entry: Entry) => unknown = (entry) => entry) {
  return new Promise<Entry>((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction('keys', 'readwrite')
      const store = transaction.objectStore('keys')
      const reading = store.openCursor()
      reading.onsuccess = () => {
        const cursor = reading.result
        if (cursor === null) return
        const entry = cursor.value as Entry
        store.put(change(entry), cursor.key)
        resolve(entry)
      }
      transaction.oncomplete = () => database.close()
    }
  })
}

function flipBit(entry: Entry): Entry {
  const ciphertext = entry.ciphertext.slice()
  ciphertext[2] = (ciphertext[2] ?? 0) ^ 1
  return { ...entry, ciphertext }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

testKeyVault('indexeddb vault', async () => {
  const databaseName = newName()
  return {
    open: () => createIndexedDbVault({ databaseName }),
    raw: async () => (await entryIn(databaseName)).ciphertext,
    spoil: async () => void (await entryIn(databaseName, flipBit)),
    [Symbol.asyncDispose]: async () => undefined,
  }
})

describe('indexeddb vault', () => {
  test('default: the wrap key cannot be read out, and each save has its own', async () => {
    const databaseName = newName()
    const vault = createIndexedDbVault({ databaseName })
    await vault.save(owner, Uint8Array.of(1, 2, 3))
    const first = await entryIn(databaseName)
    expect(first.wrapKey).toMatchObject({ extractable: false, usages: ['encrypt', 'decrypt'] })
    for (const format of ['raw', 'jwk'] as const) {
      await expect(crypto.subtle.exportKey(format, first.wrapKey)).rejects.toThrow()
    }
    await vault.save(owner, Uint8Array.of(1, 2, 3))
    const second = await entryIn(databaseName)
    expect(second.ciphertext).not.toEqual(first.ciphertext)
  })

  test('error: an entry of another form is keystore/malformed', async () => {
    const databaseName = newName()
    const vault = createIndexedDbVault({ databaseName })
    await vault.save(owner, Uint8Array.of(1))
    await entryIn(databaseName, () => ({ wrapKey: 'none' }))
    await expect(vault.load(owner)).rejects.toMatchObject({ code: 'keystore/malformed' })
  })

  test('error: a browser without IndexedDB or without https is keystore/unavailable', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const refused = { name: 'StorageError', code: 'keystore/unavailable' }
    await expect(createIndexedDbVault().load(owner)).rejects.toMatchObject(refused)
    vi.unstubAllGlobals()
    vi.stubGlobal('crypto', {})
    const vault = createIndexedDbVault({ databaseName: newName() })
    await expect(vault.save(owner, Uint8Array.of(1))).rejects.toMatchObject(refused)
  })
})
