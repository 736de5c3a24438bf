import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { numbered, plain, upTo } from '../contract/fixtures.ts'
import { openSqliteStore } from '../sqlite.ts'
import type { Store } from '../store.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-backup-'))
afterAll(() => rm(root, { recursive: true }))

let directories = 0
const newDirectory = async () => {
  const directory = join(root, `${++directories}`)
  await mkdir(directory)
  return directory
}

/** Opens a copy as one would restore it. */
async function restore(file: string): Promise<Store> {
  const directory = await newDirectory()
  await copyFile(file, join(directory, 'envelopes.sqlite'))
  return openSqliteStore({ directory })
}

function large(n: number) {
  return { ...numbered(n), message: new Uint8Array(10_000).fill(n) }
}

describe('backup', () => {
  test('default: a copy made amid publishes is one moment of the store, and goes on from there', async () => {
    await using store = await openSqliteStore({ directory: await newDirectory() })
    await store.append(upTo(900).map(large))
    await store.settings.change({ values: new Map([['key', 1]]), actor: 'me', atNs: 0n })
    const file = join(await newDirectory(), 'copy.sqlite')
    const shares: number[] = []
    let isDone = false
    const backup = store.upkeep.backup(file, { onProgress: (share) => shares.push(share) })
    const ended = backup.finally(() => {
      isDone = true
    })
    const acknowledged = new Set<number>()
    for (let n = 1_000; !isDone; n++) {
      for (const { sequence } of await store.append([large(n)])) acknowledged.add(sequence)
    }
    await ended
    expect(acknowledged.size).toBeGreaterThan(0)
    expect(shares.at(-1)).toBe(1)
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    await using copy = await restore(file)
    const rows = plain(await Array.fromAsync(copy.scan()))
    const all = plain(await Array.fromAsync(store.scan()))
    expect(rows.length).toBeGreaterThanOrEqual(900)
    expect(rows).toEqual(all.slice(0, rows.length))
    expect(await copy.upkeep.verify()).toMatchObject({ envelopes: rows.length, faults: [] })
    expect((await copy.settings.read()).values).toEqual(new Map([['key', 1]]))
    expect(await copy.append([numbered(5_000)])).toMatchObject([{ sequence: rows.length + 1 }])
  })

  test('error: a file that is there is left alone', async () => {
    await using store = await openSqliteStore({ directory: await newDirectory() })
    const file = join(await newDirectory(), 'copy.sqlite')
    await writeFile(file, 'precious')
    const backup = store.upkeep.backup(file)
    await expect(backup).rejects.toMatchObject({ code: 'store/backup-exists' })
    expect(await readFile(file, 'utf8')).toBe('precious')
  })

  test('error: a folder that is missing is said so, and closing leaves no half copy', async () => {
    const store = await openSqliteStore({ directory: await newDirectory() })
    const backup = store.upkeep.backup(join(root, 'missing', 'copy.sqlite'))
    await expect(backup).rejects.toMatchObject({ code: 'store/backup-folder' })
    await store.append(upTo(2_000).map(large))
    const directory = await newDirectory()
    let reached = () => {}
    const begun = new Promise<void>((resolve) => {
      reached = resolve
    })
    const cut = store.upkeep.backup(join(directory, 'copy.sqlite'), { onProgress: reached })
    const refused = expect(cut).rejects.toMatchObject({ code: 'store/closed' })
    await begun
    await store[Symbol.asyncDispose]()
    await refused
    expect(await readdir(directory)).toEqual([])
  })
})
