// Processes that work on one store one after the other, each killed in the middle of whatever it does and followed by
// one that stood by, over a line that breaks, while others write: at the end the store has what the node has.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { contentOfStore, settled, until } from '../../packages/client/src/inbox/test-inbox.ts'
import { openInbox } from '../../packages/client/src/inbox.ts'
import { createClient } from '../../packages/client/src/index.ts'
import { loadCrypto } from '../../packages/crypto/src/index.ts'
import type { LocalStore } from '../../packages/local-store/src/index.ts'
import { openSqliteStore } from '../../packages/local-store/src/sqlite.ts'
import { parseConfig, startNode } from '../../packages/node/src/index.ts'
import { seededRandom, startCuttingProxy, temporaryDirectory } from '../../testing/src/index.ts'

const kills = Number(process.env['INBOX_KILLS'] ?? 40)
const peerCount = 5
const crypto = await loadCrypto()

type Child = { readonly process: ChildProcess; readonly ids: () => readonly string[] }

function start(args: readonly string[]): Child {
  const program = [fileURLToPath(new URL('./inbox-child.ts', import.meta.url)), ...args]
  const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] })
  let told = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    told += text
  })
  return { process: child, ids: () => told.split('\n').slice(0, -1) }
}

async function kill({ process: child }: Child): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

function openStore(directory: string): Promise<LocalStore> {
  const owner = { network: 'long', address: '0x1', directory }
  return openSqliteStore({ crypto, key: new Uint8Array(32), ...owner })
}

test('processes that are killed while they write and read lose nothing, and double nothing', async () => {
  await using folder = await temporaryDirectory()
  const flags = { 'api-port': '0', data: join(folder.path, 'node') }
  const node = await startNode(parseConfig({ flags }))
  try {
    const url = node.apiUrls[0] ?? ''
    const { unit } = seededRandom(5)
    await using proxy = await startCuttingProxy(url, () => 20_000 + Math.floor(unit() * 300_000))
    const secret = randomBytes(32)
    await using me = await createClient(secret, { url })
    const chats = await Promise.all(
      Array.from({ length: peerCount }, async () => {
        const peer = await createClient(randomBytes(32), { url })
        return peer.newConversation(me.address)
      }),
    )
    const sent: string[] = []
    const writing = new AbortController()
    const others = (async () => {
      for (let n = 0; !writing.signal.aborted; n++) {
        const message = await chats[n % peerCount]?.send(`from others ${n}`)
        if (message !== undefined) sent.push(message.id)
        await sleep(20)
      }
    })()
    const device = join(folder.path, 'device')
    const args = [device, proxy.url, secret.toString('hex')]
    let leader = start(args)
    for (let n = 0; n < kills; n++) {
      const next = start([...args, 'standby'])
      await sleep(500 + unit() * 1_500)
      await kill(leader)
      sent.push(...leader.ids())
      next.process.stdin?.write('work\n')
      leader = next
    }
    await kill(leader)
    sent.push(...leader.ids())
    writing.abort()
    await others
    await using store = await openStore(device)
    expect(await store.repair()).toEqual({ removedCount: 0 })
    await using inbox = openInbox({ client: me, store })
    await until(inbox, 'live')
    await settled(async () => (await store.outbox.entries()).length === 0)
    await using freshStore = await openStore(join(folder.path, 'fresh'))
    await using fresh = openInbox({ client: me, store: freshStore })
    await until(fresh, 'live')
    await settled(async () => `${await idsIn(freshStore)}` === `${await idsIn(store)}`)
    const found = await idsIn(store)
    process.stdout.write(
      `${kills} kills, ${proxy.cuts()} cuts, ${sent.length} messages told, ${found.length} found\n`,
    )
    // A process may die between storing a message and telling of it.
    expect(found).toEqual(expect.arrayContaining(sent))
    expect(found.length - sent.length).toBeLessThanOrEqual(2 * (kills + 1))
    expect(await contentOfStore(freshStore)).toEqual(await contentOfStore(store))
  } finally {
    await node.kill()
  }
}, 600_000)

async function idsIn(store: LocalStore): Promise<string[]> {
  const ids: string[] = []
  for await (const { kind, record } of store.records('message')) {
    if (kind === 'message') ids.push(record.id)
  }
  return ids.toSorted()
}
