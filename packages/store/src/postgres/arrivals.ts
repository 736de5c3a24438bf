// Says when others may have appended, and what they broadcast: a connection that listens, and a poll beneath
// it for appends that a broken connection does not tell.

import type { Envelope } from '@posthorn/envelope'
import { Client, type Notification } from 'pg'
import { Broadcasts } from '../broadcasts.ts'
import { BackOff } from './back-off.ts'
import { BroadcastReader } from './broadcast-text.ts'
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
  readonly #broadcasts = new Broadcasts()
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
    this.#start()
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(own)
        this.#stopIfIdle()
      },
    }
  }

  addToBroadcasts(listener: (envelope: Envelope) => void): Disposable {
    const listening = this.#broadcasts.add(listener)
    this.#start()
    return {
      [Symbol.dispose]: () => {
        listening[Symbol.dispose]()
        this.#stopIfIdle()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear()
    await this.#stop()
  }

  #stopIfIdle(): void {
    if (this.#listeners.size === 0 && this.#broadcasts.isIdle) void this.#stop()
  }

  #start(): void {
    if (this.#poll !== undefined) return
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
    const reader = new BroadcastReader()
    client.on('notification', (notification) => this.#take(notification, reader))
    client.on('error', () => undefined)
    client.on('end', () => this.#lost(client))
    try {
      await client.connect()
      await client.query('LISTEN posthorn_arrival; LISTEN posthorn_broadcast')
      this.#backOff.succeeded()
      // What came while nobody listened.
      this.#tell()
    } catch {
      client.end().catch(() => undefined)
      this.#lost(client)
    }
  }

  #take({ channel, payload = '' }: Notification, reader: BroadcastReader): void {
    if (channel === 'posthorn_arrival') this.#tell()
    const envelope = channel === 'posthorn_broadcast' ? reader.take(payload) : undefined
    if (envelope !== undefined) this.#broadcasts.tell(envelope)
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
