// Places for bytes under names.

import { fromBase64, toBase64 } from '@posthorn/bytes'

/** A place for bytes under names. */
export type Persistence = {
  getItem(key: string): Promise<Uint8Array | null>
  setItem(key: string, value: Uint8Array): Promise<void>
}

/** What {@link BrowserStoragePersistence} needs of a Storage. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem'>

/** Keeps bytes in a Storage of the browser, as Base64. */
export class BrowserStoragePersistence implements Persistence {
  storage: TextStorage

  constructor(storage: TextStorage) {
    this.storage = storage
  }

  /** In this page's localStorage. */
  static create(): BrowserStoragePersistence {
    return new BrowserStoragePersistence(globalThis.localStorage)
  }

  async getItem(key: string): Promise<Uint8Array | null> {
    const text = this.storage.getItem(key)
    return text === null ? null : fromBase64(text)
  }

  async setItem(key: string, value: Uint8Array): Promise<void> {
    this.storage.setItem(key, toBase64(value))
  }
}

/** Keeps bytes as long as the program runs. */
export class InMemoryPersistence extends BrowserStoragePersistence {
  static override create(): BrowserStoragePersistence {
    const texts = new Map<string, string>()
    return new InMemoryPersistence({
      getItem: (key) => texts.get(key) ?? null,
      setItem: (key, value) => void texts.set(key, value),
    })
  }
}

/** Another place, with a prefix before every name. */
export class PrefixedPersistence implements Persistence {
  prefix: string
  persistence: Persistence

  constructor(prefix: string, persistence: Persistence) {
    this.prefix = prefix
    this.persistence = persistence
  }

  getItem(key: string): Promise<Uint8Array | null> {
    return this.persistence.getItem(this.prefix + key)
  }

  setItem(key: string, value: Uint8Array): Promise<void> {
    return this.persistence.setItem(this.prefix + key, value)
  }
}
