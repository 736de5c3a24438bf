import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { configOptions } from '@posthorn/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { posthorn, start } from '../testing/posthorn-process.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-up-'))
})

afterAll(() => rm(folder, { recursive: true }))

const onFreePort = ['--api-port', '0', '--store', 'memory']

async function answers(url: string): Promise<number> {
  const body = JSON.stringify({ contentTopics: ['/xmtp/0/contact-x/proto'] })
  const response = await fetch(`${url}/message/v1/query`, { method: 'POST', body })
  await response.arrayBuffer()
  return response.status
}

describe('up', () => {
  test('default: tells people where it listens and how to go on, and keeps its messages', async () => {
    const data = join(folder, 'data')
    await using node = start(['up', '--api-port', '0,0', '--data', data])
    expect(await node.nextLine()).toContain('Your node is ready.')
    await node.nextLine()
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await node.nextLine())?.[0] ?? ''
    expect(await answers(url)).toBe(200)
    node.process.kill('SIGTERM')
    const { exitCode, stdout } = await node.finished
    expect(exitCode).toBe(0)
    expect(stdout).toContain(data)
    expect(stdout).toContain('posthorn send')
    expect(await readdir(data)).not.toEqual([])
  })

  test.each([['--json'], ['--log=json']])(
    'behavior: %s makes the ready line JSON',
    async (flag) => {
      await using node = start(['up', flag, '--auth', 'off', ...onFreePort])
      const ready = JSON.parse(await node.nextLine())
      expect(ready).toMatchObject({ event: 'ready', api: [expect.any(String)], auth: 'off' })
      expect(await answers(ready.api[0])).toBe(200)
      node.process.kill('SIGINT')
      const { exitCode, stdout, stderr } = await node.finished
      expect(exitCode).toBe(0)
      expect(stdout.trim().split('\n')).toHaveLength(1)
      for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
    },
  )

  test('behavior: lives on when nobody reads its log any more', async () => {
    await using node = start(['up', '--json', '--log-level', 'debug', ...onFreePort])
    const { api } = JSON.parse(await node.nextLine())
    node.process.stderr.destroy()
    for (let round = 0; round < 3; round++) {
      // Each refusal is a line of the log.
      const refused = await fetch(`${api[0]}/message/v1/publish`, { method: 'POST', body: '{' })
      expect(refused.status).toBe(400)
    }
    node.process.kill('SIGINT')
    expect((await node.finished).exitCode).toBe(0)
  })

  test('behavior: takes settings from flags, then the environment, then the file', async () => {
    const file = join(folder, 'settings.json')
    const settings = { store: 'memory', auth: 'off', 'api-port': [0, 0, 0] }
    await writeFile(file, JSON.stringify(settings))
    const env = { POSTHORN_API_PORT: '0,0', POSTHORN_AUTH: 'off' }
    await using node = start(['up', '--json', '--config', file, '--auth', 'on'], { env })
    const ready = JSON.parse(await node.nextLine())
    expect(ready).toMatchObject({ store: 'memory', auth: 'on' })
    expect(ready.api).toHaveLength(2)
  })

  test('behavior: a second signal ends it at once, the echo of the first does not', async () => {
    await using node = start(['up', '--json', '--grace-ms', '20000', ...onFreePort])
    const [url] = JSON.parse(await node.nextLine()).api
    // A call that never ends its body keeps the node from draining.
    const { port } = new URL(url)
    const { connect } = await import('node:net')
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /message/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')
    await setTimeout(200)
    node.process.kill('SIGINT')
    await setTimeout(20)
    node.process.kill('SIGINT')
    await setTimeout(400)
    expect(node.process.exitCode).toBeNull()
    node.process.kill('SIGINT')
    expect((await node.finished).exitCode).toBe(130)
    socket.destroy()
  })

  test('error: says what to do when its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    const address = await new Promise((resolve) =>
      holder.once('listening', () => resolve(holder.address())),
    )
    const { port } = address as { port: number }
    const { exitCode, stderr } = await posthorn([
      'up',
      '--store',
      'memory',
      '--api-port',
      `${port}`,
    ])
    holder.close()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('[node/port-taken]')
    expect(stderr).toContain('--api-port')
  })

  test.each([
    [['--api-port', 'http'], 'config/bad-value'],
    [['--store', 'oracle'], 'config/bad-value'],
    [['--config', '/nowhere.json'], 'cli/cannot-read-file'],
  ])('error: refuses %j', async (args, code) => {
    const { exitCode, stderr } = await posthorn(['up', ...args, '--json'])
    expect(exitCode).toBeGreaterThan(0)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code } })
  })

  test('has a flag for every setting of a node', async () => {
    const { stdout } = await posthorn(['up', '--help'])
    for (const name of Object.keys(configOptions)) expect(stdout).toContain(`--${name} <`)
  })
})
