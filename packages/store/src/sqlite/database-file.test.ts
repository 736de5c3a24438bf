import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-file-'))
afterAll(() => rm(root, { recursive: true }))

const fileName = 'envelopes.sqlite'
const sound = join(root, 'sound')
await fill(sound)

async function fill(directory: string): Promise<void> {
  const store = await openSqliteStore({ directory })
  const message = new Uint8Array(100_000).fill(7)
  await store.append([{ contentTopic: 't', timestampNs: 1n, message }])
  await store[Symbol.asyncDispose]()
}

async function contents(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(directory)).filter((name) => name !== 'envelopes.lock')
  const files = names.map(async (name) => {
    const bytes = await readFile(join(directory, name))
    return [name, bytes.toString('latin1')] as const
  })
  return new Map(await Promise.all(files))
}

function sql(path: string, text: string): void {
  using database = new DatabaseSync(path)
  database.exec(text)
}

async function overwrite(path: string, at: number, length: number): Promise<void> {
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0x5a, at, at + length))
}

type Damage = readonly [what: string, code: string, damage: (path: string) => unknown]

const damages: readonly Damage[] = [
  ['that is no database', 'store/corrupt', (path) => writeFile(path, 'a text of somebody else')],
  ['that is empty', 'store/corrupt', (path) => truncate(path, 0)],
  ['that was cut', 'store/corrupt', (path) => truncate(path, 3 * 16_384)],
  ['with a damaged first page', 'store/corrupt', (path) => overwrite(path, 100, 4_000)],
  ['with damage in its middle', 'store/corrupt', (path) => overwrite(path, 2 * 16_384, 16_384)],
  ['without its tables', 'store/corrupt', (path) => sql(path, 'DROP TABLE batches')],
  [
    'with a log but no database',
    'store/corrupt',
    async (path) => {
      await rm(path)
      await writeFile(`${path}-wal`, 'a log')
    },
  ],
  ['of another program', 'store/foreign', (path) => sql(path, 'PRAGMA application_id = 7')],
  ['of no program', 'store/foreign', (path) => sql(path, 'PRAGMA application_id = 0')],
  ['of a newer layout', 'store/newer-version', (path) => sql(path, 'PRAGMA user_version = 4')],
]

describe('opening a file', () => {
  test.each(damages)('error: %s is refused with %s and stays as it is', async (_, code, damage) => {
    const directory = await mkdtemp(join(root, 'damaged-'))
    await cp(sound, directory, { recursive: true })
    await damage(join(directory, fileName))
    const before = await contents(directory)
    for (let attempt = 0; attempt < 2; attempt++) {
      const opened = openSqliteStore({ directory })
      await expect(opened).rejects.toMatchObject({ name: 'StorageError', code })
    }
    expect(await contents(directory)).toEqual(before)
  })

  test('behavior: a draft left by a crash is thrown away', async () => {
    const directory = join(root, 'draft')
    await mkdir(directory)
    await writeFile(join(directory, `${fileName}.new`), 'half a database')
    await using store = await openSqliteStore({ directory })
    expect(await store.counts()).toMatchObject({ envelopes: 0 })
    expect(await readdir(directory)).not.toContain(`${fileName}.new`)
  })

  test('error: a directory that is a file is refused as unavailable', async () => {
    const directory = join(root, 'file')
    await writeFile(directory, '')
    const opened = openSqliteStore({ directory })
    await expect(opened).rejects.toMatchObject({ code: 'store/unavailable' })
  })
})
