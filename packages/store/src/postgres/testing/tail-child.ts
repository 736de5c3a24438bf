// Run by tests as a process of its own: appends numbers to a shared database, or follows it until it has
// seen as many as were appended. Prints what its subscribers got.

import { openPostgresStore } from '../../postgres.ts'
import type { Store } from '../../store.ts'
import { follow } from './follow.ts'
import { testTimers } from './timers.ts'

const [role = '', url = '', ...rest] = process.argv.slice(2)
const [workers = 0, first = 0, count = 0] = rest.map(Number)

const open = (): Promise<Store> => openPostgresStore({ url, timers: testTimers })
const work = role === 'write' ? writeAll : subscribeAll
process.stdout.write(JSON.stringify(await work()))

async function writeAll(): Promise<readonly []> {
  await using store = await open()
  let next = first
  const write = async (): Promise<void> => {
    while (next < first + count) {
      const number = next++
      const message = new Uint8Array(8)
      new DataView(message.buffer).setUint32(0, number)
      const contentTopic = `/xmtp/0/m-${number % 200}/proto`
      await store.append([{ contentTopic, timestampNs: BigInt(number), message }])
    }
  }
  await Promise.all(Array.from({ length: workers }, write))
  return []
}

async function subscribeAll() {
  return Promise.all(
    Array.from({ length: workers }, async () => {
      await using store = await open()
      return await follow(store, first)
    }),
  )
}
