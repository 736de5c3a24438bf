// Run by tests as a process of its own, to be killed: a node on its real store.

import { flushCompileCache } from 'node:module'
import { openSqliteStore, type Store } from '@posthorn/store'
import { parseConfig, readyLine, startNode } from '../index.ts'

const [data = '', fault] = process.argv.slice(2)
const config = parseConfig({ flags: { data, 'api-port': 0, auth: 'off' } })
const node = await startNode(config, fault === 'ack-early' ? { openStore: openEarlyStore } : {})
process.stdout.write(`${readyLine(node)}\n`)
// Nothing that is killed does so by itself, and compiling takes longer than recovering.
flushCompileCache()

// What the tests must find out: answers that do not wait for the disk.
async function openEarlyStore(): Promise<Store> {
  const store = await openSqliteStore({ directory: config.data })
  let sequence = 0
  store.append = async (envelopes) => {
    const { append } = Object.getPrototypeOf(store) as Store
    append.call(store, envelopes).catch(() => undefined)
    return envelopes.map(() => ({ sequence: ++sequence, isDuplicate: false }))
  }
  return store
}
