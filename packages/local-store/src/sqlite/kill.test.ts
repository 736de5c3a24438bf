import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCrypto } from '@posthorn/crypto'
import { afterAll, expect, test } from 'vitest'
import { allIds } from '../contract/fixtures.ts'
import type { LocalStore } from '../local-store.ts'
import { openSqliteStore } from '../sqlite.ts'

const directory = await mkdtemp(join(tmpdir(), 'posthorn-local-kill-'))
const topic = 'topic'
afterAll(() => rm(directory, { recursive: true }))

/** Puts until as many answers came, then kills; gives the numbers that were told. */
async function putAndKill(firstNumber: number, answers: number): Promise<number[]> {
  const program = [
    join(import.meta.dirname, 'kill-child.ts'),
    directory,
    topic,
    String(firstNumber),
  ]
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    told += text
    if (told.split('\n').length > answers) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return told.split('\n').slice(0, -1).map(Number)
}

async function open(): Promise<LocalStore> {
  const crypto = await loadCrypto()
  const key = new Uint8Array(32)
  return openSqliteStore({ crypto, key, directory, network: 'test', address: '0xA' })
}

test('default: nothing that was answered is lost when the process is killed three times', async () => {
  const told: number[] = []
  for (const [kill, answers] of [20, 60, 150].entries()) {
    told.push(...(await putAndKill(kill * 10_000, answers)))
  }
  await using store = await open()
  const ids = new Set(await allIds(store, topic, 1_000))
  for (const n of told) expect(ids).toContain(`message ${n}`)
  const queued = new Set((await store.outbox.entries()).map(({ messageId }) => messageId))
  for (const n of told) expect(queued).toContain(`own ${n}`)
  // A put is whole or not there: the mark is that of the last message, and counts fit.
  const incoming = [...ids]
    .filter((id) => id.startsWith('message'))
    .map((id) => Number(id.split(' ')[1]))
  expect(await store.progress('p')).toMatchObject({ sequence: Math.max(...incoming) })
  expect(await store.conversation(topic)).toMatchObject({ unreadCount: incoming.length })
  expect(await store.repair()).toEqual({ removedCount: 0 })
  expect(await store.conversation(topic)).toMatchObject({ unreadCount: incoming.length })
})

test('behavior: two processes that write at once fail nowhere and lose nothing', async () => {
  const told = await Promise.all([putAndKill(100_000, 40), putAndKill(200_000, 40)])
  for (const answers of told) expect(answers.length).toBeGreaterThanOrEqual(40)
  await using store = await open()
  const ids = new Set(await allIds(store, topic, 1_000))
  for (const n of told.flat()) expect(ids).toContain(`message ${n}`)
  const { unreadCount } = (await store.conversation(topic)) ?? {}
  expect(unreadCount).toBe([...ids].filter((id) => id.startsWith('message')).length)
})
