// Cells as records, and changes to many of them at once. A change reads what it needs, decides, and commits only if
// nobody else has committed since; otherwise it runs again. So no engine has to hold a transaction open while
// records are sealed, and tabs and processes may share a store.

import { StorageError } from '@posthorn/errors'
import { closedError } from '../errors.ts'
import type { Cell, CellEngine } from './cell-engine.ts'
import type { CellReads, OpenedCell } from './cell-reads.ts'
import type { Sealer } from './sealer.ts'
import { createTransaction, type Transaction } from './transaction.ts'

/** Records in cells. */
export type Vault = CellReads & {
  /** Runs `work` as one change: all of it is durable when this resolves, or nothing is. */
  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs `work`, and again while it finds damage and somebody commits meanwhile: cells that lead to one another
   * are read one after the other.
   */
  read<T extends { readonly damagedCount: number }>(work: () => Promise<T>): Promise<T>
  wipe(): Promise<void>
  /** Closes when all changes that were begun are done. */
  close(): Promise<void>
}

const maxAttempts = 100
const maxReads = 5

/** Creates a vault; it closes the engine. */
export function createVault(engine: CellEngine, sealer: Sealer): Vault {
  let revision: number | undefined
  let isClosed = false
  // One change at a time: changes of one store never conflict with each other.
  let last: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed) return Promise.reject(closedError())
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  async function attempt<T>(
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ readonly result: T } | undefined> {
    const atRevision = revision ?? (await engine.revision())
    const transaction = createTransaction(reads)
    const result = await work(transaction)
    const { puts, deletes } = transaction.pending()
    if (puts.length === 0 && deletes.length === 0) return { result }
    const sealing = puts.map(async ([key, record]): Promise<Cell> => {
      return { key, value: await sealer.seal(key, record) }
    })
    revision = undefined
    const isDone = await engine.commit({ atRevision, puts: await Promise.all(sealing), deletes })
    if (!isDone) return undefined
    revision = atRevision + 1
    return { result }
  }

  async function change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < maxAttempts; tries++) {
      const done = await attempt(work)
      if (done !== undefined) return done.result
    }
    throw new StorageError(
      'local-store/busy',
      'Write to the local store: others wrote all the time; try again',
    )
  }

  // A change that runs when the vault is closed still reads.
  const reads = createReads(engine, sealer)

  // Closing waits for reads as well: they open what they read with keys that are wiped then.
  const reading = new Set<Promise<unknown>>()

  function whileOpen<T>(read: () => Promise<T>): Promise<T> {
    if (isClosed) return Promise.reject(closedError())
    const run = read().finally(() => reading.delete(run))
    reading.add(run)
    return run
  }

  return {
    get: (keys) => whileOpen(() => reads.get(keys)),
    scan: (range) => whileOpen(() => reads.scan(range)),
    change: (work) => inTurn(() => change(work)),
    read: async (work) => {
      for (let tries = 1; ; tries++) {
        const before = await whileOpen(() => engine.revision())
        const result = await work()
        if (result.damagedCount === 0 || tries >= maxReads) return result
        if ((await whileOpen(() => engine.revision())) === before) return result
      }
    },
    wipe: () =>
      inTurn(async () => {
        revision = undefined
        await engine.wipe()
      }),
    close: () => {
      isClosed = true
      closing ??= Promise.allSettled([last, ...reading]).then(() => engine[Symbol.asyncDispose]())
      return closing
    },
  }
}

function createReads(engine: CellEngine, sealer: Sealer): CellReads {
  async function opened({ key, value }: Cell): Promise<OpenedCell> {
    try {
      return { kind: 'record', key, record: await sealer.open(key, value) }
    } catch (error) {
      if (error instanceof StorageError) return { kind: 'damaged', key, error }
      throw error
    }
  }

  return {
    get: async (keys) => {
      const values = keys.length === 0 ? [] : await engine.get(keys)
      return Promise.all(
        keys.map((key, at) => {
          const value = values[at]
          return value === undefined ? undefined : opened({ key, value })
        }),
      )
    },
    scan: async (range) => Promise.all((await engine.scan(range)).map(opened)),
  }
}
