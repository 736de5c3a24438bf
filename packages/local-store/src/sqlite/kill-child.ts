// Run by a test as a process of its own, to be killed: puts messages for ever into the store it is given, and prints
// the number of each one that was answered.

import { loadCrypto } from '@posthorn/crypto'
import { conversation, message, storeKey } from '../contract/fixtures.ts'
import { openSqliteStore } from '../sqlite.ts'

const [directory = '', firstNumber = '0'] = process.argv.slice(2)
const crypto = await loadCrypto()
const store = await openSqliteStore({
  crypto,
  directory,
  key: storeKey,
  network: 'test',
  address: '0xA',
})
await store.put({ conversations: [conversation(1)] })
for (let n = Number(firstNumber); ; n++) {
  await Promise.all([
    store.put({ messages: [message(n)], progress: [{ purpose: 'p', logId: 'l', sequence: n }] }),
    store.outbox.enqueue({ message: message(n + 500_000, { isOwn: true }), envelopes: [] }),
  ])
  // A pipe takes this at once, so that a killed process has told all.
  process.stdout.write(`${n}\n`)
}
