// Run by a test as a process of its own, to be killed: puts messages for ever into the store it is given, and prints
// the number of each one that was answered.

import { loadCrypto } from '@posthorn/crypto'
import { openSqliteStore } from '../sqlite.ts'

const [directory = '', topic = '', firstNumber = '0'] = process.argv.slice(2)
const store = await openSqliteStore({
  crypto: await loadCrypto(),
  directory,
  key: new Uint8Array(32),
  network: 'test',
  address: '0xA',
})
await store.put({ conversations: [{ topic, peerAddress: '0xB', createdNs: 1n, version: 'v1' }] })
for (let n = Number(firstNumber); ; n++) {
  const message = { topic, sentNs: BigInt(n), text: 'text' }
  await Promise.all([
    store.put({
      messages: [{ ...message, id: `message ${n}`, isOwn: false }],
      progress: [{ purpose: 'p', logId: 'l', sequence: n }],
    }),
    store.outbox.enqueue({ message: { ...message, id: `own ${n}`, isOwn: true }, envelopes: [] }),
  ])
  // A pipe takes this at once, so that a killed process has told all.
  process.stdout.write(`${n}\n`)
}
