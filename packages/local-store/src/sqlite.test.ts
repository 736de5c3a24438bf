import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCrypto } from '@posthorn/crypto'
import { afterAll } from 'vitest'
import { storeKey } from './contract/fixtures.ts'
import { testLocalStore } from './contract.ts'
import { openSqliteEngine } from './sqlite/sqlite-engine.ts'
import { openSqliteStore, sqliteStorePath } from './sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-local-'))
afterAll(() => rm(root, { recursive: true }))
const crypto = await loadCrypto()

let directories = 0
const newDirectory = () => join(root, `${++directories}`)

testLocalStore('sqlite store', async () => {
  const place = { directory: newDirectory(), network: 'test', address: '0xA', crypto }
  return {
    open: (key = storeKey) => openSqliteStore({ ...place, key }),
    engine: async () => openSqliteEngine(sqliteStorePath(place)),
    [Symbol.asyncDispose]: async () => undefined,
  }
})
