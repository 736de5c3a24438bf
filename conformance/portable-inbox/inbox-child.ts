// Run by a test as a process of its own, to be killed: an inbox on the store that it is given, which writes into its
// conversations for ever and prints the id of each message that was stored.

import { setTimeout as sleep } from 'node:timers/promises'
import { fromHex } from '../../packages/bytes/src/index.ts'
import { openInbox } from '../../packages/client/src/inbox.ts'
import { createClient } from '../../packages/client/src/index.ts'
import { loadCrypto } from '../../packages/crypto/src/index.ts'
import { openSqliteStore } from '../../packages/local-store/src/sqlite.ts'

const [directory = '', url = '', secret = '', standby = ''] = process.argv.slice(2)
const client = await createClient(fromHex(secret), { url })
const store = await openSqliteStore({
  crypto: await loadCrypto(),
  key: new Uint8Array(32),
  directory,
  network: 'long',
  address: '0x1',
})
// Whoever stands by works once it is told to, as a tab does when the one that leads is gone.
const told = new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))
const inbox = openInbox({ client, store, elected: standby === 'standby' ? told : undefined })
for (let n = 0; ; n++) {
  const { items } = await inbox.conversations({ limit: 100 })
  const conversation = items[n % Math.max(1, items.length)]
  if (conversation !== undefined) {
    const { id } = await inbox.send(conversation.topic, `from process ${process.pid}, number ${n}`)
    // A pipe takes this at once, so that a killed process has told all.
    process.stdout.write(`${id}\n`)
  }
  await sleep(10)
}
