import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqliteStore } from '../sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-lock-'))
afterAll(() => rm(root, { recursive: true }))

const inUse = { name: 'StorageError', code: 'store/in-use' }

test('error: a store is refused while another one here uses its directory', async () => {
  const directory = join(root, 'same-process')
  const first = await openSqliteStore({ directory })
  await expect(openSqliteStore({ directory })).rejects.toMatchObject(inUse)
  // The refused attempt must not have let go of the first one's lock.
  await expect(openSqliteStore({ directory })).rejects.toMatchObject(inUse)
  await first[Symbol.asyncDispose]()
  await using second = await openSqliteStore({ directory })
  expect(await second.counts()).toMatchObject({ envelopes: 0 })
})

test('error: a store is refused while another process uses it, and free once that is killed', async () => {
  const directory = join(root, 'other-process')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), directory])
  await once(child.stdout, 'data')
  await expect(openSqliteStore({ directory })).rejects.toMatchObject(inUse)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using store = await openSqliteStore({ directory })
  expect((await store.counts()).envelopes).toBeGreaterThan(0)
})
