// What a disk holds when the power fails is what was written to it, not what the system meant to write later.
// So the store writes to a file system within a file, which is copied while the writer is stopped in mid-work;
// the copy lacks whatever was never forced out. Needs root and loop devices.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromUtf8 } from '@posthorn/bytes'
import { StorageError } from '@posthorn/errors'
import { afterAll, expect, test } from 'vitest'
import { openSqliteStore } from '../sqlite.ts'

const cuts = 200
const unsafeCuts = 5
/** Some 6 minutes on two idle cores, twice that on busy ones. */
const timeoutMs = 1_200_000
const imageMiB = 192
/** The directory begins anew after as many cuts, before the image is full. */
const cutsPerDirectory = 8

const root = mkdtempSync(join(tmpdir(), 'posthorn-power-'))
const [image, copy, disk, copiedDisk] = ['image', 'copy', 'disk', 'copied-disk'].map((name) =>
  join(root, name),
) as [string, string, string, string]
const obstacle = mountImage()

afterAll(() => {
  if (obstacle === undefined) run('umount', disk)
  rmSync(root, { recursive: true })
})

/** Makes a file system in a file; gives what keeps it from that. */
function mountImage(): string | undefined {
  if (process.getuid?.() !== 0) return 'it takes root to mount a file system'
  try {
    for (const directory of [disk, copiedDisk]) mkdirSync(directory)
    run('truncate', '-s', `${imageMiB}M`, image)
    run('mkfs.ext4', '-q', '-F', image)
    run('mount', '-o', 'loop', image, disk)
    return undefined
  } catch (error) {
    return `no file system could be mounted: ${error}`
  }
}

function run(command: string, ...parameters: readonly string[]): void {
  execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
}

type Cut = {
  readonly acknowledged: number
  readonly lost: number
  readonly recoveryMs: number
  readonly faults: readonly string[]
}

let cutNumber = 0

/** Publishes until as many acknowledgements came, cuts, and looks at what is left. */
async function cutAfter(ackCount: number, mode: 'safe' | 'unsafe'): Promise<Cut> {
  const name = `${mode}-${Math.floor(cutNumber / cutsPerDirectory)}`
  if (cutNumber % cutsPerDirectory === 0) run('find', disk, '-mindepth', '1', '-delete')
  const firstNumber = String(++cutNumber * 1_000_000)
  const program = join(import.meta.dirname, 'kill-child.ts')
  const child = spawn(process.execPath, [program, join(disk, name), firstNumber, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      told += text
      if (told.length > ackCount * 8) resolve()
    })
  })
  await stop(child)
  // All that was ever told was told by now.
  run('cp', '--sparse=always', image, copy)
  child.kill('SIGKILL')
  await once(child, 'close')
  const acknowledged = told
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').map(Number) as [number, number])
  return lookAt(name, new Map(acknowledged))
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  while (!/^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, 'latin1'))) await sleep(1)
}

async function lookAt(name: string, acknowledged: ReadonlyMap<number, number>): Promise<Cut> {
  run('mount', '-o', 'loop', copy, copiedDisk)
  try {
    const startedMs = performance.now()
    await using store = await openSqliteStore({ directory: join(copiedDisk, name) })
    const recoveryMs = performance.now() - startedMs
    const found = new Map<number, number>()
    for await (const row of store.scan()) {
      found.set(Number.parseInt(fromUtf8(row.message), 10), row.sequence)
    }
    const lost = [...acknowledged].filter(([number, sequence]) => found.get(number) !== sequence)
    const { faults } = await store.upkeep.verify()
    return { acknowledged: acknowledged.size, lost: lost.length, recoveryMs, faults }
  } catch (error) {
    // With a part of it on the disk, and another not, a database is damaged: all is lost then.
    if (!(error instanceof StorageError) || error.code !== 'store/corrupt') throw error
    const lost = acknowledged.size
    return { acknowledged: lost, lost, recoveryMs: 0, faults: [error.message] }
  } finally {
    run('umount', copiedDisk)
    rmSync(copy)
  }
}

const title = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

test.skipIf(obstacle !== undefined)(
  `default: ${cuts} power cuts lose nothing that was acknowledged${title}`,
  async () => {
    let [acknowledged, slowestMs] = [0, 0]
    for (let i = 0; i < cuts; i++) {
      // From the first commits to some in which the log is folded into the database.
      const cut = await cutAfter(20 + ((i * 397) % 1_000), 'safe')
      expect(cut).toMatchObject({ lost: 0, faults: [] })
      expect(cut.recoveryMs).toBeLessThan(1_000)
      acknowledged += cut.acknowledged
      slowestMs = Math.max(slowestMs, cut.recoveryMs)
    }
    process.stdout.write(
      `${cuts} cuts: 0 of ${acknowledged} acknowledged lost, opened again within ${Math.round(slowestMs)} ms\n`,
    )
    expect(acknowledged).toBeGreaterThan(cuts * 20)
  },
  timeoutMs,
)

test.skipIf(obstacle !== undefined)(
  `behavior: the same cuts lose what was never forced to the disk${title}`,
  async () => {
    let [acknowledged, lost, damaged] = [0, 0, 0]
    cutNumber = 0
    for (let i = 0; i < unsafeCuts; i++) {
      const cut = await cutAfter(200 + i * 300, 'unsafe')
      acknowledged += cut.acknowledged
      lost += cut.lost
      damaged += cut.faults.length
    }
    process.stdout.write(
      `${unsafeCuts} cuts without waiting for the disk: ${lost} of ${acknowledged} lost, ${damaged} faults\n`,
    )
    expect(lost).toBeGreaterThan(acknowledged / 2)
  },
)
