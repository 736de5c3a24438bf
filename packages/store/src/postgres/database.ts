// Connections to one database.

import { StorageError } from '@posthorn/errors'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { closedError } from '../errors.ts'
import { BackOff } from './back-off.ts'
import { storageError } from './storage-error.ts'
import type { StoreTimers } from './timers.ts'

/** A statement that each connection prepares once, under its name. */
export type Statement = {
  readonly name: string
  readonly text: string
  /** Milliseconds until an answer is given up; 30,000 when not given. */
  readonly query_timeout?: number
}

/** A row, column by column. */
export type Row = readonly unknown[]

/** Where the database is. */
export type DatabaseOptions = {
  readonly url: string
  readonly timers: StoreTimers
  readonly maxConnections: number
}

// Every statement has its index; a plan made while the tables were empty must not outlive that. Commits
// are durable before they are answered, whatever the server's default.
const sessionSettings = `
  SET enable_seqscan = off; SET enable_bitmapscan = off;
  SET enable_hashjoin = off; SET enable_mergejoin = off;
  SET jit = off; SET plan_cache_mode = force_generic_plan;
  SET default_transaction_isolation = 'read committed';
  SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'`

/** Runs statements on a few connections, and leaves an unreachable server alone for a while. */
export class Database implements AsyncDisposable {
  readonly #pool: Pool
  readonly #backOff: BackOff
  /** Why the server could not be reached last. */
  #failure: unknown
  #closing: Promise<void> | undefined

  constructor({ url, timers, maxConnections }: DatabaseOptions) {
    this.#backOff = new BackOff(timers)
    this.#pool = new Pool(poolConfig(url, maxConnections))
    // An idle connection that breaks leaves the pool; the next statement opens another.
    this.#pool.on('error', () => undefined)
  }

  /**
   * The rows of a statement's answer.
   *
   * @throws StorageError `store/unavailable`, `store/corrupt`, `store/closed`
   */
  async query(statement: Statement, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const client = await this.#connect()
    let failure: unknown
    try {
      const answer = await client.query({
        ...statement,
        values: [...values],
        rowMode: 'array',
      })
      return answer.rows
    } catch (error) {
      failure = error
      throw storageError('Use the store', error)
    } finally {
      // After a failure nobody knows what state the connection is in.
      client.release(failure !== undefined)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#pool.end()
    return this.#closing
  }

  async #connect(): Promise<PoolClient> {
    if (this.#closing !== undefined) throw closedError()
    if (this.#backOff.isWaiting) throw storageError('Use the store', this.#failure)
    try {
      const client = await this.#pool.connect()
      this.#backOff.succeeded()
      return client
    } catch (error) {
      // The pool says so in words only.
      if (error instanceof Error && /^timeout exceeded/.test(error.message)) throw overloaded()
      this.#failure = error
      if (!this.#backOff.isWaiting) this.#backOff.failed()
      throw storageError('Use the store', error)
    }
  }
}

function overloaded(): StorageError {
  return new StorageError(
    'store/overloaded',
    'Use the store: all connections were busy for 5 s, expected one to be free',
    { retryAfterMs: 1_000 },
  )
}

function poolConfig(url: string, max: number): PoolConfig {
  return {
    connectionString: url,
    max,
    application_name: 'posthorn',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    onConnect: async (client) => {
      // Without a listener, a connection that breaks while nobody waits for it would end the process.
      client.on('error', () => undefined)
      await client.query(sessionSettings)
    },
  }
}
