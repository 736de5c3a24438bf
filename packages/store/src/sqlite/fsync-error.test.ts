// A disk that fails when it is told to write: a file system in a file with holes, on a file system that has no room
// left. What is written is taken, and lost when it is forced out. Making it takes root and loop devices.

import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { afterAll, expect, test } from 'vitest'
import { openSqliteStore } from '../sqlite.ts'
import type { Store } from '../store.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-fsync-'))
const [small, disk, copiedDisk] = ['small', 'disk', 'copied-disk'].map((name) =>
  join(root, name),
) as [string, string, string]
const image = join(small, 'image')
const mounted: string[] = []
const obstacle = await mountDisks()
const title = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

afterAll(async () => {
  for (const directory of mounted.toReversed()) run('umount', directory)
  await rm(root, { recursive: true })
})

function run(command: string, ...parameters: readonly string[]): void {
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function mount(directory: string, ...parameters: readonly string[]): void {
  run('mount', ...parameters, directory)
  mounted.push(directory)
}

async function mountDisks(): Promise<string | undefined> {
  for (const directory of [small, disk, copiedDisk]) await mkdir(directory)
  if (process.getuid?.() !== 0) return 'it takes root to mount a file system'
  try {
    mount(small, '-t', 'tmpfs', '-o', 'size=48m', 'tmpfs')
    run('truncate', '-s', '64M', image)
    // The tables and the journal of the file system have their room from the start: only data is to be lost.
    const whole = 'lazy_itable_init=0,lazy_journal_init=0,nodiscard'
    run('mkfs.ext4', '-q', '-F', '-b', '4096', '-J', 'size=4', '-E', whole, image)
    mount(disk, '-o', 'loop', image)
    return undefined
  } catch (error) {
    return `no file system could be mounted: ${error}`
  }
}

let count = 0

/** Appends until it is refused, or as often as told; gives what was acknowledged and the refusal. */
async function appendTo(store: Store, times: number) {
  const acknowledged = new Map<number, number>()
  for (let left = times; left > 0; left--) {
    const number = ++count
    const message = toUtf8(String(number).padEnd(20_000, '.'))
    const envelope = { contentTopic: `topic ${number % 5}`, timestampNs: BigInt(number), message }
    try {
      const [result] = await store.append([envelope])
      acknowledged.set(number, result?.sequence ?? 0)
    } catch (refusal) {
      return { acknowledged, refusal }
    }
  }
  return { acknowledged, refusal: undefined }
}

async function contentsOf(store: Store): Promise<Map<number, number>> {
  const rows = await Array.fromAsync(store.scan())
  return new Map(rows.map((row) => [Number.parseInt(fromUtf8(row.message), 10), row.sequence]))
}

test.skipIf(obstacle !== undefined)(
  `error: a disk that fails at fsync refuses, keeps reading, and has everything acknowledged after a restart${title}`,
  async () => {
    await using store = await openSqliteStore({ directory: join(disk, 'store') })
    const early = await appendTo(store, 20)
    execFileSync('sync')
    const ballast = join(small, 'ballast')
    await expect(writeFile(ballast, new Uint8Array(60_000_000))).rejects.toThrow('ENOSPC')
    const late = await appendTo(store, 2_000)
    const unavailable = { name: 'StorageError', code: 'store/unavailable' }
    expect(late.refusal).toMatchObject(unavailable)
    // The system lets nobody write to such a disk any more.
    expect((await appendTo(store, 1)).refusal).toMatchObject(unavailable)
    const acknowledged = [...early.acknowledged, ...late.acknowledged]
    const missing = async (from: Store) => {
      const found = await contentsOf(from)
      return acknowledged.filter(([number, sequence]) => found.get(number) !== sequence)
    }
    expect(await missing(store)).toEqual([])

    const copy = join(root, 'copy')
    run('cp', '--sparse=always', image, copy)
    mount(copiedDisk, '-o', 'loop', copy)
    await using restarted = await openSqliteStore({ directory: join(copiedDisk, 'store') })
    expect(await missing(restarted)).toEqual([])
    expect((await appendTo(restarted, 5)).acknowledged.size).toBe(5)
    expect(await restarted.upkeep.verify()).toMatchObject({ faults: [] })
  },
)
