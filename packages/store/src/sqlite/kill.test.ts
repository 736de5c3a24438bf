import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fromUtf8 } from '@posthorn/bytes'
import { afterAll, expect, test } from 'vitest'
import { openSqliteStore } from '../sqlite.ts'

const directory = await mkdtemp(join(tmpdir(), 'posthorn-kill-'))
afterAll(() => rm(directory, { recursive: true }))

/** Publishes until as many acknowledgements came, then kills; gives all that were told. */
async function publishAndKill(firstNumber: number, ackCount: number): Promise<Map<number, number>> {
  const program = [join(import.meta.dirname, 'kill-child.ts'), directory, String(firstNumber)]
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    told += text
    if (told.length > ackCount * 8) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const lines = told.split('\n').slice(0, -1)
  return new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]))
}

test('default: nothing acknowledged is lost when the process is killed five times', async () => {
  const acks = new Map<number, number>()
  for (const [kill, ackCount] of [50, 300, 800, 1_500, 2_500].entries()) {
    const told = await publishAndKill(kill * 1_000_000, ackCount)
    expect(told.size).toBeGreaterThan(ackCount / 4)
    for (const [number, sequence] of told) acks.set(number, sequence)
  }

  await using store = await openSqliteStore({ directory })
  const found = new Map<number, number>()
  let last = 0
  for await (const row of store.scan()) {
    expect(row.sequence).toBe(++last)
    found.set(Number.parseInt(fromUtf8(row.message), 10), row.sequence)
  }
  expect(found.size).toBe(last)
  for (const [number, sequence] of acks) expect(found.get(number)).toBe(sequence)
  expect(await store.upkeep.verify()).toMatchObject({ envelopes: last, faults: [] })
})

test('default: after that the database is whole and its batches cover each sequence once', () => {
  using database = new DatabaseSync(join(directory, 'envelopes.sqlite'), { readOnly: true })
  expect(database.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' })
  let [height, last] = [0, 0]
  const columns = 'height, first_sequence, last_sequence'
  const batches = database.prepare(`SELECT ${columns} FROM batches ORDER BY height`)
  for (const batch of batches.iterate()) {
    expect(batch).toMatchObject({ height: ++height, first_sequence: last + 1 })
    last = Number(batch['last_sequence'])
  }
  const row = database.prepare('SELECT max(sequence) AS last FROM envelopes').get()
  expect(row).toMatchObject({ last })
})
