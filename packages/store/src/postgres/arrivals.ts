// Says when others may have appended: a connection that listens, and a poll beneath it for what a
// broken connection does not tell.

import { Client } from 'pg'
import { BackOff } from './back-off.ts'
import type { StoreTimer, StoreTimers } from './timers.ts'

/** What to listen to. */
export type ArrivalsOptions = {
  readonly url: string
  readonly timers: StoreTimers
  /** The highest sequence given. */
  readonly lastSequence: () => Promise<number>
}

const pollMs = 1_000

/** Calls its listeners after each commit, this process's included. Works while it has listeners. */
export class Arrivals implements AsyncDisposable {
  readonly #options: ArrivalsOptions
  readonly #backOff: BackOff
  readonly #listeners = new Set<() => void>()
  #client: Client | undefined
  #poll: StoreTimer | undefined
  #lastSequence = -1
  #isPolling = false

  constructor(options: ArrivalsOptions) {
    this.#options = options
    this.#backOff = new BackOff(options.timers)
  }

  add(listener: () => void): Disposable {
    // The same function may listen twice.
    const own = (): void => listener()
    this.#listeners.add(own)
    if (this.#poll === undefined) this.#start()
    return { [Symbol.dispose]: () => this.#remove(own) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear()
    await this.#stop()
  }

  #remove(listener: () => void): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) void this.#stop()
  }

  #start(): void {
    this.#poll = this.#options.timers.every(pollMs, () => void this.#look())
    void this.#listen()
  }

  async #stop(): Promise<void> {
    this.#poll?.cancel()
    this.#poll = undefined
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }

  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: this.#options.url,
      application_name: 'posthorn listener',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    })
    this.#client = client
    client.on('notification', () => this.#tell())
    client.on('error', () => undefined)
    client.on('end', () => this.#lost(client))
    try {
      await client.connect()
      await client.query('LISTEN posthorn_arrival')
      this.#backOff.succeeded()
      // What came while nobody listened.
      this.#tell()
    } catch {
      client.end().catch(() => undefined)
      this.#lost(client)
    }
  }

  #lost(client: Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#backOff.failed()
    this.#options.timers.after(this.#backOff.delayMs, () => {
      if (this.#poll !== undefined && this.#client === undefined) void this.#listen()
    })
  }

  async #look(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    try {
      const lastSequence = await this.#options.lastSequence()
      if (lastSequence === this.#lastSequence) return
      this.#lastSequence = lastSequence
      this.#tell()
    } catch {
      // The next look comes in a second.
    } finally {
      this.#isPolling = false
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
