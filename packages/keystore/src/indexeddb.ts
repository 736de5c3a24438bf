// Keys in the browser, each sealed under a key of the browser's own that no script can read out.

import type { KeyVault } from './vault/key-vault.ts'
import { ownerText } from './vault/key-vault.ts'
import { malformed, notOpened, unavailable } from './vault/vault-errors.ts'

export type { KeyOwner, KeyVault } from './vault/key-vault.ts'

/** Options of {@link createIndexedDbVault}. */
export type IndexedDbVaultOptions = {
  /** Name of the database; default `posthorn-keys`. */
  readonly databaseName?: string | undefined
}

/** One entry: the wrap key belongs to this ciphertext alone, and goes when it goes. */
type Entry = { readonly wrapKey: CryptoKey; readonly ciphertext: Uint8Array<ArrayBuffer> }

const storeName = 'keys'
const layoutVersion = 1
const aesGcm = { name: 'AES-GCM', length: 256 } as const
// A wrap key encrypts once in its life, so any nonce will do.
const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12) } as const

/**
 * A vault in IndexedDB. Each save makes a new AES-256-GCM key that cannot be exported, and stores it as the
 * object it is, beside what it sealed. Whoever copies the database as bytes has nothing that other programs
 * read easily; scripts of the same origin can still use what they are allowed to load.
 */
export function createIndexedDbVault(options: IndexedDbVaultOptions = {}): KeyVault {
  const { databaseName = 'posthorn-keys' } = options

  async function withStore<T>(
    action: string,
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    try {
      const database = await openDatabase(databaseName)
      try {
        const transaction = database.transaction(storeName, mode, { durability: 'strict' })
        const request = use(transaction.objectStore(storeName))
        await ended(transaction)
        return request.result
      } finally {
        database.close()
      }
    } catch (cause) {
      throw unavailable(action, cause)
    }
  }

  return {
    load: async (owner) => {
      const name = ownerText(owner)
      const entry: unknown = await withStore('Load keys', 'readonly', (store) => store.get(name))
      return entry === undefined ? undefined : open(entry, name)
    },
    save: async (owner, bytes) => {
      const name = ownerText(owner)
      const entry = await seal(bytes, name)
      await withStore('Save keys', 'readwrite', (store) => store.put(entry, name))
    },
    remove: async (owner) => {
      await withStore('Remove keys', 'readwrite', (store) => store.delete(ownerText(owner)))
    },
  }
}

async function seal(bytes: Uint8Array, name: string): Promise<Entry> {
  try {
    const { subtle } = globalThis.crypto
    const wrapKey = await subtle.generateKey(aesGcm, false, ['encrypt', 'decrypt'])
    const ciphertext = await subtle.encrypt(bound(name), wrapKey, new Uint8Array(bytes))
    return { wrapKey, ciphertext: new Uint8Array(ciphertext) }
  } catch (cause) {
    // Pages without https have no subtle crypto.
    throw unavailable('Save keys', cause)
  }
}

async function open(entry: unknown, name: string): Promise<Uint8Array> {
  if (!isEntry(entry)) throw malformed('an entry of another form')
  try {
    const { subtle } = globalThis.crypto
    return new Uint8Array(await subtle.decrypt(bound(name), entry.wrapKey, entry.ciphertext))
  } catch (cause) {
    throw notOpened(cause)
  }
}

function bound(name: string): AesGcmParams {
  return { ...algorithm, additionalData: new TextEncoder().encode(name) }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const { wrapKey, ciphertext } = value as Partial<Record<keyof Entry, unknown>>
  return wrapKey instanceof CryptoKey && ciphertext instanceof Uint8Array
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, layoutVersion)
    request.onupgradeneeded = () => void request.result.createObjectStore(storeName)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}
