// Cells in one object store of IndexedDB. A commit is one transaction in which nothing but IndexedDB is waited for:
// the browser would end it otherwise. Tabs meet at the revision.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Cell, CellCommit, CellEngine, CellRange } from '../cells/cell-engine.ts'
import { closedError } from '../errors.ts'
import { indexedDbError } from './indexeddb-error.ts'

/** Version of the database's layout; what cells contain has a version of its own. */
export const layoutVersion = 1

type Schema = DBSchema & {
  readonly cells: { key: string; value: Uint8Array }
  readonly head: { key: string; value: number }
}

/**
 * Opens or creates a database.
 *
 * @throws StorageError `local-store/unavailable`, `local-store/full`, `local-store/newer-version`
 */
export async function openIndexedDbEngine(name: string): Promise<CellEngine> {
  try {
    let isClosed = false
    const database = await openDB<Schema>(name, layoutVersion, {
      upgrade: (upgraded, oldVersion) => {
        if (oldVersion < 1) {
          upgraded.createObjectStore('cells')
          upgraded.createObjectStore('head')
        }
      },
      // A later release in another tab wants to change the layout: this one must let go.
      blocking: (_current, _blocked, event) => {
        isClosed = true
        ;(event.target as IDBDatabase).close()
      },
      terminated: () => {
        isClosed = true
      },
    })
    return createEngine(database, {
      isClosed: () => isClosed,
      close: () => {
        isClosed = true
        database.close()
      },
    })
  } catch (cause) {
    throw indexedDbError('Open the local store', cause)
  }
}

type Connection = { isClosed(): boolean; close(): void }

function createEngine(database: IDBPDatabase<Schema>, connection: Connection): CellEngine {
  async function run<T>(action: string, work: () => Promise<T>): Promise<T> {
    if (connection.isClosed()) throw closedError()
    try {
      return await work()
    } catch (cause) {
      throw indexedDbError(action, cause)
    }
  }

  return {
    revision: () =>
      run('Read the local store', async () => (await database.get('head', 'revision')) ?? 0),
    get: (keys) => run('Read the local store', () => get(database, keys)),
    scan: (range) => run('Read the local store', () => scan(database, range)),
    commit: (commit) => run('Write to the local store', () => write(database, commit)),
    wipe: () => run('Wipe the local store', () => wipe(database)),
    [Symbol.asyncDispose]: async () => connection.close(),
  }
}

function get(
  database: IDBPDatabase<Schema>,
  keys: readonly string[],
): Promise<(Uint8Array | undefined)[]> {
  const { store } = database.transaction('cells')
  return Promise.all(keys.map((key) => store.get(key)))
}

async function scan(
  database: IDBPDatabase<Schema>,
  { from, before, direction, limit }: CellRange,
): Promise<readonly Cell[]> {
  const range = IDBKeyRange.bound(from, before, false, true)
  const { store } = database.transaction('cells')
  if (direction !== 'descending') {
    const [keys, values] = await Promise.all([
      store.getAllKeys(range, limit),
      store.getAll(range, limit),
    ])
    return keys.map((key, at) => ({ key, value: values[at] ?? new Uint8Array() }))
  }
  // Only a cursor goes backwards everywhere; values are fetched together once the keys are known.
  const keys: string[] = []
  let cursor = await store.openKeyCursor(range, 'prev')
  while (cursor !== null && keys.length < limit) {
    keys.push(cursor.key)
    cursor = keys.length < limit ? await cursor.continue() : null
  }
  const values = await Promise.all(keys.map((key) => store.get(key)))
  return keys.map((key, at) => ({ key, value: values[at] ?? new Uint8Array() }))
}

async function write(
  database: IDBPDatabase<Schema>,
  { atRevision, puts, deletes }: CellCommit,
): Promise<boolean> {
  const transaction = database.transaction(['cells', 'head'], 'readwrite', { durability: 'strict' })
  const cells = transaction.objectStore('cells')
  const head = transaction.objectStore('head')
  const isCurrent = ((await head.get('revision')) ?? 0) === atRevision
  // A request that fails aborts the transaction, and its end tells why: a quota fails there, too.
  const requests = isCurrent
    ? [
        ...puts.map(({ key, value }) => cells.put(value, key)),
        ...deletes.map((key) => cells.delete(key)),
        head.put(atRevision + 1, 'revision'),
      ]
    : []
  for (const request of requests) request.catch(() => undefined)
  await transaction.done
  return isCurrent
}

async function wipe(database: IDBPDatabase<Schema>): Promise<void> {
  const transaction = database.transaction(['cells', 'head'], 'readwrite', { durability: 'strict' })
  const head = transaction.objectStore('head')
  const revision = (await head.get('revision')) ?? 0
  for (const request of [
    transaction.objectStore('cells').clear(),
    head.put(revision + 1, 'revision'),
  ]) {
    request.catch(() => undefined)
  }
  await transaction.done
}
