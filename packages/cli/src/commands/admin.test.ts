import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@posthorn/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { posthorn, type Running, start } from '../testing/posthorn-process.ts'

let folder = ''
let data = ''
let node: Running
let url = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-admin-cli-'))
  data = join(folder, 'data')
  await writeFile(join(folder, 'node.json'), JSON.stringify({ 'log-level': 'info' }))
  const args = ['up', '--json', '--api-port', '0', '--auth', 'off', '--data', data]
  node = start([...args, '--config', join(folder, 'node.json')])
  url = JSON.parse(await node.nextLine()).api[0]
  await publish()
})

afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function publish(): Promise<number> {
  const message = Buffer.from('sealed').toString('base64')
  const envelope = { contentTopic: '/xmtp/0/m-1/proto', timestampNs: '5', message }
  const body = JSON.stringify({ envelopes: [envelope] })
  return (await fetch(`${url}/message/v1/publish`, { method: 'POST', body })).status
}

async function json(...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await posthorn([...args, '--json'], {
    env: { POSTHORN_DATA: data },
  })
  return { exitCode, document: JSON.parse(stdout || stderr) }
}

describe('admin', () => {
  test('status tells how the node is doing', async () => {
    const { document } = await json('admin', 'status')
    expect(document).toMatchObject({ state: 'serving', envelopes: 1, access: { mode: 'open' } })
  })

  test('a ban holds at once, is listed, told in the audit log, and lifted', async () => {
    expect(await json('admin', 'deny', 'add', '127.0.0.1', '--note', 'ticket 7')).toMatchObject({
      document: { isChanged: true },
    })
    expect(await publish()).toBe(403)
    const { document } = await json('admin', 'deny', 'list')
    expect(Object.keys(document.values)).toContain('access/deny/publish/127.0.0.1/32')
    const audit = await json('admin', 'audit', '--limit', '1')
    expect(audit.document.entries).toMatchObject([{ note: 'ticket 7' }])
    await json('admin', 'deny', 'remove', '127.0.0.1')
    expect(await publish()).toBe(200)
  })

  test.each([
    [['admin', 'deny', 'add', 'nobody'], 'postage/bad-subject'],
    [['admin', 'limit', 'set', 'publish', 'many'], 'postage/bad-limit'],
    [['admin', 'retention', 'set', 'letters', '5'], 'retention/bad-category'],
    [['admin', 'status', '--data', '/nowhere'], 'admin/no-node'],
  ])('%j is refused as %s', async (args, code) => {
    const { exitCode, document } = await json(...args)
    expect(exitCode).toBe(1)
    expect(document.error.code).toBe(code)
  })

  test('SIGHUP and reload read the configuration file again', async () => {
    await writeFile(join(folder, 'node.json'), JSON.stringify({ access: 'allow-list' }))
    node.process.kill('SIGHUP')
    await eventually(async () => expect(await publish()).toBe(403))
    await writeFile(join(folder, 'node.json'), JSON.stringify({ 'max-connections': 7 }))
    const { document } = await json('admin', 'reload')
    expect(document).toEqual({ applied: ['access'], needRestart: ['max-connections'] })
    expect(await publish()).toBe(200)
  })
})

describe('copies', () => {
  test('a copy of a node that runs is sound and comes back whole', async () => {
    const file = join(folder, 'copy')
    expect((await json('backup', file)).document).toEqual({ file })
    expect((await json('verify', file)).document).toMatchObject({ isSound: true, envelopes: 1 })
    expect((await json('verify')).document).toMatchObject({ isSound: true, envelopes: 1 })
    const target = join(folder, 'restored')
    expect((await json('restore', file, '--data', target)).document).toMatchObject({ envelopes: 1 })
    const again = await json('restore', file, '--data', target)
    expect(again.document.error.code).toBe('cli/store-exists')
  })

  test('a damaged copy is told and not restored', async () => {
    const file = join(folder, 'damaged')
    await json('backup', file)
    const bytes = await readFile(file)
    const at = bytes.indexOf('sealed')
    expect(at).toBeGreaterThan(0)
    bytes[at] = 0
    await writeFile(file, bytes)
    const { exitCode, document } = await json('verify', file)
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({ isSound: false, faults: [expect.any(String)] })
    const restored = await json('restore', file, '--data', join(folder, 'never'))
    expect(restored.document.error.code).toBe('store/corrupt')
  })

  test('an export is imported elsewhere, once', async () => {
    const file = join(folder, 'messages.jsonl')
    expect((await json('export', file)).document).toMatchObject({ envelopes: 1 })
    const other = join(folder, 'other')
    await json('backup', join(folder, 'seed'))
    await json('restore', join(folder, 'seed'), '--data', other)
    const line = { topic: '/xmtp/0/m-2/proto', timestampNs: '6', message: 'YQ==', sequence: 2 }
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    lines.splice(2, 1, JSON.stringify(line), JSON.stringify({ envelopes: 2 }))
    await writeFile(file, `${lines.join('\n')}\n`)
    const { document } = await json('import', file, '--data', other)
    expect(document).toEqual({ envelopes: 1, duplicates: 1 })
    expect((await json('import', file)).document.error.code).toBe('store/in-use')
  })
})
