// Redis as a peer: a server of its own that syncs every append to disk, and just enough of its protocol.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A running server. */
export type RedisServer = AsyncDisposable & {
  readonly version: string
  /** Appends that many messages to a stream; each is on disk when its answer is there. */
  append(load: RedisLoad): Promise<void>
  /** CPU microseconds that the server has used so far. */
  cpuMicroseconds(): Promise<number>
}

/** What to append: over `connections`, one in flight on each, to as many streams in turn. */
export type RedisLoad = {
  readonly count: number
  readonly topics: number
  readonly connections: number
  readonly messageBytes: number
}

const program = 'redis-server'

type Client = Disposable & { ask(...parts: readonly (string | Buffer)[]): Promise<string> }

/** How to get what is missing. */
export const redisMissing =
  'redis-server is not on this machine; on Debian and Ubuntu: apt-get install redis-server'

/** Whether there is one to run. */
export function hasRedis(): boolean {
  return spawnSync(program, ['--version']).status === 0
}

/** Starts a server on a free port, with a folder of its own. */
export async function startRedis(): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-redis-'))
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'yes' }
  const flags = Object.entries({ ...settings, appendfsync: 'always' })
  const child = spawn(
    program,
    flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  )
  const client = await connectSoon(port)
  const info = async (section: string) => client.ask('INFO', section)
  return {
    version: field(await info('server'), 'redis_version'),
    append: (load) => appendAll(port, load),
    cpuMicroseconds: async () => {
      const text = await info('cpu')
      const names = ['used_cpu_sys', 'used_cpu_user']
      return names.reduce((sum, name) => sum + Number(field(text, name)) * 1e6, 0)
    },
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]()
      const exited = once(child, 'exit')
      child.kill()
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function appendAll(port: number, load: RedisLoad): Promise<void> {
  const clients = await Promise.all(Array.from({ length: load.connections }, () => connectTo(port)))
  const message = Buffer.alloc(load.messageBytes, 'm')
  let next = 0
  const lane = async (client: Client) => {
    while (next < load.count) {
      const stream = `/xmtp/0/m-${next++ % load.topics}/proto`
      await client.ask('XADD', stream, '*', 'm', message)
    }
  }
  await Promise.all(clients.map(lane))
  for (const client of clients) client[Symbol.dispose]()
}

async function connectSoon(port: number): Promise<Client> {
  for (let tries = 0; ; tries++) {
    try {
      return await connectTo(port)
    } catch (error) {
      if (tries === 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function connectTo(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  await once(socket, 'connect')
  const waiting: { resolve(text: string): void; reject(error: Error): void }[] = []
  let pending = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    pending += text
    for (;;) {
      const reply = replyIn(pending)
      if (reply === undefined) return
      pending = pending.slice(reply.length)
      const { resolve, reject } = waiting.shift() ?? noOne
      if (reply.isError) reject(new Error(reply.text))
      else resolve(reply.text)
    }
  })
  return {
    ask: (...parts) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        write(socket, parts)
      }),
    [Symbol.dispose]: () => socket.destroy(),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

const noOne = { resolve: () => undefined, reject: () => undefined }

function write(socket: Socket, parts: readonly (string | Buffer)[]): void {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`$${Buffer.byteLength(part)}\r\n`),
    Buffer.from(part),
    Buffer.from('\r\n'),
  ])
  socket.write(Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...pieces]))
}

// A status, an error, or a text with its length: all that is ever answered here.
function replyIn(pending: string) {
  const end = pending.indexOf('\r\n')
  if (end < 0) return undefined
  const [kind, head] = [pending[0], pending.slice(1, end)]
  if (kind !== '$') return { length: end + 2, text: head, isError: kind === '-' }
  const length = end + 2 + Number(head) + 2
  if (pending.length < length) return undefined
  return { length, text: pending.slice(end + 2, length - 2), isError: false }
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? ''
}
