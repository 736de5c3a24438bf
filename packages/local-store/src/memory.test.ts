import { loadCrypto } from '@posthorn/crypto'
import { expect, test } from 'vitest'
import { storeKey } from './contract/fixtures.ts'
import { testLocalStore } from './contract.ts'
import { createLocalStore } from './create-local-store.ts'
import { createMemoryEngine } from './memory/memory-engine.ts'
import { openMemoryStore } from './memory.ts'

const crypto = await loadCrypto()

testLocalStore('memory store', async () => {
  const engine = createMemoryEngine()
  // What a store closes is its view of the medium, as a tab that closes.
  const view = () => ({ ...engine, [Symbol.asyncDispose]: async () => undefined })
  const persistence = { kind: 'memory', reason: 'chosen' } as const
  return {
    open: (key = storeKey) => createLocalStore({ engine: view(), crypto, key, persistence }),
    engine: async () => view(),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
})

test('memory store says that it is in memory because that was chosen', async () => {
  await using store = await openMemoryStore({ crypto, key: storeKey })
  expect(store.persistence).toEqual({ kind: 'memory', reason: 'chosen' })
})
