// Real file systems that are full or may not be written to. Making them takes root.

import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sequences, upTo } from '../contract/fixtures.ts'
import { openSqliteStore } from '../sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-full-'))
const disk = join(root, 'disk')
const obstacle = await mountDisk()
const title = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

afterAll(async () => {
  if (obstacle === undefined) run('umount', disk)
  await rm(root, { recursive: true })
})

function run(command: string, ...parameters: readonly string[]): void {
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
}

async function mountDisk(): Promise<string | undefined> {
  await mkdir(disk)
  if (process.getuid?.() !== 0) return 'it takes root to mount a file system'
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk)
    return undefined
  } catch (error) {
    return `no file system could be mounted: ${error}`
  }
}

function envelope(n: number) {
  const message = new Uint8Array(50_000).fill(n)
  return { contentTopic: 'topic', timestampNs: BigInt(n), message }
}

const all = { afterSequence: 0, limit: 1_000 }
const unavailable = { name: 'StorageError', code: 'store/unavailable' }

test.skipIf(obstacle !== undefined)(
  `error: a full disk refuses publishes, settings and backups, keeps reading, and recovers by itself${title}`,
  async () => {
    const directory = join(disk, 'store')
    const store = await openSqliteStore({ directory })
    const acknowledged: number[] = []
    let refusal: unknown
    for (let n = 1; refusal === undefined; n++) {
      try {
        for (const { sequence } of await store.append([envelope(n)])) acknowledged.push(sequence)
      } catch (error) {
        refusal = error
      }
    }
    expect(refusal).toMatchObject({ ...unavailable, message: expect.stringMatching(/full/) })
    expect(acknowledged.length).toBeGreaterThan(20)
    await expect(store.append([envelope(900)])).rejects.toMatchObject(unavailable)
    const change = { values: new Map([['key', 'x'.repeat(60_000)]]), actor: 'me', atNs: 0n }
    await expect(store.settings.change(change)).rejects.toMatchObject(unavailable)
    await expect(store.upkeep.backup(join(disk, 'copy'))).rejects.toMatchObject(unavailable)
    expect(await readdir(disk)).toEqual(['store'])
    expect(sequences(await store.tail(all))).toEqual(acknowledged)

    run('mount', '-o', 'remount,size=32m', disk)
    const [next] = await store.append([envelope(900)])
    expect(next).toEqual({ sequence: acknowledged.length + 1, isDuplicate: false })
    expect(await store.settings.change(change)).toBe(1)
    const { faults } = await store.upkeep.verify()
    expect(faults).toEqual([])
    await store[Symbol.asyncDispose]()

    await using again = await openSqliteStore({ directory })
    expect(sequences(await again.tail(all))).toEqual(upTo(acknowledged.length + 1))
  },
)

test.skipIf(obstacle !== undefined)(
  `error: a directory that may not be written to is refused, and opens once it may${title}`,
  async () => {
    const directory = join(disk, 'read-only')
    const first = await openSqliteStore({ directory })
    await first.append([envelope(1)])
    await first[Symbol.asyncDispose]()
    run('mount', '-o', 'remount,ro', disk)
    for (const place of [directory, join(disk, 'new')]) {
      await expect(openSqliteStore({ directory: place })).rejects.toMatchObject(unavailable)
    }
    run('mount', '-o', 'remount,rw', disk)
    await using second = await openSqliteStore({ directory })
    expect(await second.counts()).toMatchObject({ envelopes: 1 })
  },
)

test('error: a database that cannot be opened as a file is refused as unavailable', async () => {
  const directory = join(root, 'odd')
  await mkdir(join(directory, 'envelopes.sqlite'), { recursive: true })
  await writeFile(join(directory, 'envelopes.sqlite', 'file'), '')
  await expect(openSqliteStore({ directory })).rejects.toMatchObject(unavailable)
})
