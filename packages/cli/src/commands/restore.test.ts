import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStore } from '@posthorn/store'
import { noPostgres, startPostgres } from '@posthorn/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemTimers } from '../system-timers.ts'
import { posthorn, start } from '../testing/posthorn-process.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-restore-'))
})
afterEach(() => rm(folder, { recursive: true }))

const contentTopic = '/xmtp/0/m-1/proto'

async function startNode(data: string) {
  const flags = ['--json', '--api-port', '0', '--auth', 'off']
  const node = start(['up', ...flags, '--data', join(folder, data)])
  const [url = ''] = JSON.parse(await node.nextLine()).api as string[]
  const stop = async () => {
    node.process.kill('SIGTERM')
    await node.finished
  }
  return { url, stop, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

async function run(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await posthorn([...args, '--json'])
  return { exitCode, document: JSON.parse(stdout || stderr) }
}

type Line = { readonly contentTopic: string; readonly message: string; readonly logId?: string }

/** The first lines of a stream that resumes, or the error that it gets. */
async function resume(url: string, position: object, count: number): Promise<readonly Line[]> {
  const body = JSON.stringify({ contentTopics: [contentTopic], resume: position })
  const response = await fetch(`${url}/message/v1/subscribe`, { method: 'POST', body })
  const lines: Line[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    while (text.includes('\n')) {
      const { result, error } = JSON.parse(text.slice(0, text.indexOf('\n')))
      text = text.slice(text.indexOf('\n') + 1)
      lines.push(result ?? { ...error, code: response.headers.get('x-posthorn-error') })
    }
    if (lines.length >= count) break
  }
  return lines
}

async function publish(url: string, ...texts: readonly string[]): Promise<void> {
  const envelopes = texts.map((text) => ({
    contentTopic,
    timestampNs: '1',
    message: Buffer.from(text).toString('base64'),
  }))
  const body = JSON.stringify({ envelopes })
  const { status } = await fetch(`${url}/message/v1/publish`, { method: 'POST', body })
  expect(status).toBe(200)
}

function textsOf(lines: readonly Line[]): readonly string[] {
  const stored = lines.filter((line) => line.contentTopic !== '')
  return stored.map(({ message }) => Buffer.from(message, 'base64').toString())
}

test('restore gives the log a new name, so that a stream with numbers of the old one is told', async () => {
  const copy = join(folder, 'copy')
  let logId: string | undefined
  {
    await using node = await startNode('data')
    await publish(node.url, 'a')
    const read = await resume(node.url, { afterSequence: '0' }, 3)
    logId = read[0]?.logId
    expect(textsOf(read)).toEqual(['a'])
    await run('backup', copy, '--data', join(folder, 'data'))
    await publish(node.url, 'gone')
    await node.stop()
  }
  const data = join(folder, 'restored')
  expect((await run('restore', copy, '--data', data)).document).toEqual({ data, envelopes: 1 })
  await using node = await startNode('restored')
  await publish(node.url, 'in its place')
  // "gone" was 2, and is what the client has read; now another message is.
  const [refusal] = await resume(node.url, { logId, afterSequence: '2' }, 1)
  expect(refusal).toMatchObject({ code: 'subscribe/other-log' })
  const all = await resume(node.url, { afterSequence: '0' }, 4)
  expect(all[0]?.logId).not.toBe(logId)
  expect(textsOf(all)).toEqual(['a', 'in its place'])
})

test.skipIf(noPostgres !== undefined)(
  'restore names the log of a database anew that its own tools brought back',
  async () => {
    await using cluster = await startPostgres()
    const url = await cluster.createDatabase()
    const timers = systemTimers
    {
      await using store = await openPostgresStore({ url, timers })
      await store.append([{ contentTopic, timestampNs: 1n, message: Buffer.from('a') }])
      const values = new Map([['log/id', 'old']])
      await store.settings.change({ values, actor: 'test', atNs: 1n })
    }
    expect((await run('restore', '--database-url', url)).document).toEqual({ envelopes: 1 })
    await using store = await openPostgresStore({ url, timers })
    expect((await store.settings.read()).values.get('log/id')).toMatch(/^[0-9a-f]{16}$/)
  },
)

test.each([
  [['copy'], 'cli/no-copy', 2],
  [['copy', '--data', 'x', '--database-url', 'postgres://localhost/x'], 'cli/no-copy', 2],
  [['/nowhere/copy', '--data', '/tmp/posthorn-never'], 'cli/cannot-read-file', 1],
])('restore %j is refused as %s', async (args, code, exit) => {
  const { exitCode, document } = await run('restore', ...args)
  expect(document.error.code).toBe(code)
  expect(exitCode).toBe(exit)
})
