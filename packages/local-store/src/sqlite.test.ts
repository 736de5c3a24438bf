import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { loadCrypto } from '@posthorn/crypto'
import { StorageError } from '@posthorn/errors'
import { afterAll, describe, expect, test } from 'vitest'
import { conversation, message, storeKey } from './contract/fixtures.ts'
import { testLocalStore } from './contract.ts'
import { migrate, migrations } from './sqlite/migrations.ts'
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

describe('sqlite store', () => {
  const place = (directory: string) => ({ directory, network: 'n', address: '0xAb', crypto })
  const open = (directory: string) => openSqliteStore({ ...place(directory), key: storeKey })

  test('default: only the owner may read the files, and their names tell nothing', async () => {
    const directory = newDirectory()
    await using store = await open(directory)
    await store.put({ conversations: [conversation(1)] })
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    const names = await readdir(directory)
    expect(names.toSorted()).toHaveLength(3)
    for (const name of names) {
      expect(name).toMatch(/^[0-9a-f]{32}\.sqlite(-wal|-shm)?$/)
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
    }
  })

  test('default: each account and network has its own, whatever the case of the address', async () => {
    const directory = newDirectory()
    const at = (network: string, address: string) =>
      openSqliteStore({ crypto, key: storeKey, directory, network, address })
    await using one = await at('n', '0xAb')
    await using same = await at('n', '0xaB')
    await using otherAccount = await at('n', '0xAc')
    await using otherNetwork = await at('m', '0xAb')
    await one.put({ conversations: [conversation(1)] })
    const { topic } = conversation(1)
    expect(await same.conversation(topic)).toBeDefined()
    expect(await otherAccount.conversation(topic)).toBeUndefined()
    expect(await otherNetwork.conversation(topic)).toBeUndefined()
  })

  test('default: a wipe leaves nothing of the old bytes in the files', async () => {
    const directory = newDirectory()
    await using store = await open(directory)
    await store.put({ conversations: [conversation(1)], messages: [message(1)] })
    const engine = openSqliteEngine(sqliteStorePath(place(directory)))
    const cells = await engine.scan({ from: ' ', before: '~', limit: 99 })
    await engine[Symbol.asyncDispose]()
    await store.wipe()
    const names = await readdir(directory)
    const files = await Promise.all(names.map((name) => readFile(join(directory, name))))
    for (const { key, value } of cells) {
      if (key.startsWith('v/') || value.length < 20) continue
      for (const file of files) expect(file.includes(Buffer.from(value))).toBe(false)
    }
  })

  test('error: databases of others and of later releases are refused and left as they are', async () => {
    const refused = [
      ['local-store/foreign', 'CREATE TABLE other (a)'],
      ['local-store/foreign', 'CREATE TABLE other (a); PRAGMA user_version = 1'],
      ['local-store/newer-version', 'PRAGMA user_version = 99'],
    ] as const
    for (const [code, sql] of refused) {
      const directory = newDirectory()
      await mkdir(directory)
      const path = sqliteStorePath(place(directory))
      const database = new DatabaseSync(path)
      database.exec(sql)
      database.close()
      const before = await readFile(path)
      await expect(open(directory)).rejects.toMatchObject({ code })
      expect(await readFile(path)).toEqual(before)
    }
  })

  test('error: what is no database is corrupt, and so is a page of garbage', async () => {
    const directory = newDirectory()
    const corrupt = { name: 'StorageError', code: 'local-store/corrupt' }
    const path = sqliteStorePath(place(directory))
    await mkdir(directory)
    await writeFile(path, 'x'.repeat(10_000))
    await expect(open(directory)).rejects.toMatchObject(corrupt)
    await rm(path)
    const store = await open(directory)
    await store.put({
      conversations: [conversation(1)],
      messages: Array.from({ length: 100 }, (_, n) => message(n)),
    })
    await store[Symbol.asyncDispose]()
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x5a, 8_192))
    const reading = open(directory).then((opened) =>
      opened.messages({ topic: conversation(1).topic, direction: 'ascending', limit: 100 }),
    )
    await expect(reading).rejects.toMatchObject(corrupt)
  })

  test('error: a directory that cannot be made is unavailable', async () => {
    const directory = newDirectory()
    await writeFile(directory, 'a file')
    const unavailable = { name: 'StorageError', code: 'local-store/unavailable' }
    await expect(open(join(directory, 'below'))).rejects.toMatchObject(unavailable)
  })
})

describe('migrate', () => {
  test('default: goes from each layout to the next and keeps what is there', () => {
    using database = new DatabaseSync(':memory:')
    migrate(database)
    database.exec("INSERT INTO cells VALUES ('a', x'01')")
    const later = [...migrations, "INSERT INTO cells VALUES ('b', x'02')"]
    migrate(database, later)
    migrate(database, later)
    const rows = database.prepare('SELECT key FROM cells ORDER BY key').all()
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(() => migrate(database)).toThrow(StorageError)
  })

  test('error: a step that fails leaves the layout as it was', () => {
    using database = new DatabaseSync(':memory:')
    migrate(database)
    const broken = [...migrations, 'CREATE TABLE half (a)', 'no SQL']
    expect(() => migrate(database, broken)).toThrow()
    migrate(database)
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()
    expect(tables).toEqual([])
  })
})
