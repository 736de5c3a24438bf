import { loadCrypto } from '@posthorn/crypto'
import { StorageError, TransportError } from '@posthorn/errors'
import type { LocalStore } from '@posthorn/local-store'
import type { Transport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { createWorld, type TestWorld, wallet } from '../test-world.ts'
import { contentOfStore, inboxOf, memoryStore, settled, until } from './test-inbox.ts'

const crypto = await loadCrypto()
const peers = 4

// Conversations with more messages than a page has, some of them edited, in a world of their own.
async function busyWorld(): Promise<{ world: TestWorld; me: ReturnType<typeof wallet> }> {
  const world = createWorld()
  const me = wallet()
  const own = await world.open(me, { crypto })
  for (let peer = 0; peer < peers; peer++) {
    const chat = await (await world.open(wallet(), { crypto })).newConversation(own.address)
    for (let n = 0; n < (peer === 0 ? 120 : 12); n++) await chat.send(`message ${n}`)
  }
  await own.consent.load()
  await own.consent.allow((await own.conversations())[0]?.peerAddress ?? '')
  return { world, me }
}

async function filled(client: Client, store: LocalStore): Promise<string[]> {
  await using inbox = await inboxOf(client, store)
  expect(await until(inbox, 'live')).toMatchObject({ kind: 'live' })
  return contentOfStore(store)
}

// A store whose process dies at one of its puts: before it is written, or right after.
function dyingAt(store: LocalStore, puts: number, when: 'before' | 'after'): LocalStore {
  let count = 0
  const died = new StorageError('local-store/closed', 'Put: the process has died')
  return {
    ...store,
    put: async (batch) => {
      count++
      if (count > puts) throw died
      if (count < puts) return store.put(batch)
      if (when === 'after') await store.put(batch)
      throw died
    },
  }
}

test('an inbox that dies at any put goes on where it was: nothing is lost, nothing comes twice', async () => {
  const { world, me } = await busyWorld()
  const client = await world.open(me, { crypto })
  const wanted = await filled(client, await memoryStore())
  expect(wanted.filter((line) => line.includes('"kind":"message"'))).toHaveLength(120 + 12 * 3)
  for (const when of ['before', 'after'] as const) {
    let isWhole = false
    for (let puts = 1; !isWhole; puts++) {
      const store = await memoryStore()
      {
        await using inbox = await inboxOf(client, dyingAt(store, puts, when))
        await settled(async () => ['refused', 'live'].includes(inbox.state.kind))
        isWhole = inbox.state.kind === 'live'
      }
      expect(await filled(client, store)).toEqual(wanted)
      expect(puts).toBeLessThan(40)
    }
  }
})

test('a line that breaks under large answers is asked for smaller ones', async () => {
  const { world, me } = await busyWorld()
  const transport = world.network.connect()
  const sizes: number[] = []
  const weak: Transport = {
    ...transport,
    batchQuery: async (requests, options) => {
      const rows = requests.reduce((sum, { limit = 100 }) => sum + limit, 0)
      if (rows > 30) throw new TransportError('transport/unavailable', 'Query: broke')
      sizes.push(rows)
      return transport.batchQuery(requests, options)
    },
  }
  const wanted = await filled(await world.open(me, { crypto }), await memoryStore())
  const client = await world.open(me, { crypto, transport: weak })
  expect(await filled(client, await memoryStore())).toEqual(wanted)
  expect(Math.max(...sizes)).toBe(25)
})
