// The key of a local store: what it follows from, and that a store opens by it and by no other.

import { MessageChannel } from 'node:worker_threads'
import { toBase64Url, toHex, toUtf8 } from '@posthorn/bytes'
import { decodePrivateKeyBundle } from '@posthorn/identity'
import { connectKeystore, createMemoryVault, serveKeystore } from '@posthorn/keystore'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { importKeystore } from '@posthorn/protocol-v2'
import { temporaryDirectory } from '@posthorn/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { rotateKeys } from './keys.ts'
import { storeAccountOf, storeKeyOf } from './store-key.ts'
import { createWorld, crypto, type TestWallet, wallet } from './test-world.ts'

const network = 'example network'
let { open, network: memory } = createWorld()
let signer: TestWallet

beforeEach(() => {
  ;({ open, network: memory } = createWorld())
  signer = wallet()
})

const start = (name = network): Promise<Client> => open(signer, { network: name })
const keyOf = async (client: Client): Promise<string> => toHex(await storeKeyOf(client))

describe('the key of a local store', () => {
  test('default: 32 bytes, the same on every start and every device, without a prompt', async () => {
    const client = await start()
    const key = await keyOf(client)
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await keyOf(client)).toBe(key)
    const promptCount = signer.texts.length
    await client.close()
    const keys = await (await start()).exportKeys()
    expect(await keyOf(await open(keys, { keystore: 'static', network }))).toBe(key)
    const vault = createMemoryVault()
    for (const _ of ['first start', 'later one']) {
      expect(await keyOf(await open(signer, { network, vault }))).toBe(key)
    }
    expect(signer.texts.slice(promptCount)).toHaveLength(2)
  })

  test('default: a new pre-key leaves it as it is', async () => {
    const client = await start()
    const key = await keyOf(client)
    await rotateKeys(signer, { crypto, transport: memory.connect(), network })
    const later = await start()
    expect(await later.exportKeys()).not.toEqual(await client.exportKeys())
    expect(await keyOf(later)).toBe(key)
  })

  test('default: another account, another network, another key', async () => {
    const clients = [
      await start(),
      await start('example networks'),
      await start(''),
      await open(signer),
      await open(wallet(), { network }),
    ]
    expect(new Set(await Promise.all(clients.map(keyOf))).size).toBe(clients.length)
  })

  test('behavior: it follows from the private identity key and the name of the network alone', async () => {
    const client = await start()
    const { bundle } = decodePrivateKeyBundle(await client.exportKeys())
    const derive = (secret: Uint8Array, salt: string, info: string): Uint8Array =>
      crypto.hash.hkdfSha256({ secret, salt: toUtf8(salt), info: toUtf8(info), lengthBytes: 32 })
    const named = derive(
      bundle.identityKey.secret,
      'POSTHORN_PRIVATE_LOG_TOPIC',
      `local store key: ${network}`,
    )
    const topic = `/xmtp/0/userpreferences-${toBase64Url(crypto.hash.sha256(named))}/proto`
    const key = derive(toUtf8(topic), 'POSTHORN_LOCAL_STORE_KEY', network)
    expect(await keyOf(client)).toBe(toHex(key))
  })

  test('behavior: keys in a thread or frame of their own derive it and stay there', async () => {
    const client = await start()
    const { port1, port2 } = new MessageChannel()
    const asked: unknown[] = []
    const keystore = importKeystore(crypto, await client.exportKeys())
    await using _server = serveKeystore(keystore, port1, {
      allow: ({ service, input }) => asked.push(`${service} ${input}`) > 0,
    })
    const remote = await open(await connectKeystore(port2), { network })
    asked.length = 0
    expect(await keyOf(remote)).toBe(await keyOf(client))
    expect(asked).toEqual([`privateLogTopic local store key: ${network}`])
    await expect(remote.exportKeys()).rejects.toMatchObject({ code: 'keystore/not-exported' })
    port1.close()
  })

  test('error: a closed client has none', async () => {
    const client = await start()
    await client.close()
    await expect(storeKeyOf(client)).rejects.toMatchObject({ code: 'keystore/closed' })
  })
})

describe('the store of an account', () => {
  test('default: opens again after a restart, under the name of its network', async () => {
    await using folder = await temporaryDirectory()
    const client = await start()
    const account = await storeAccountOf(client)
    expect(account).toMatchObject({ network, address: signer.address })
    const store = await openSqliteStore({ directory: folder.path, ...account })
    await store.put({
      drafts: [{ topic: '/xmtp/0/m-1/proto', text: 'half a thought', changedNs: 1n }],
    })
    await store[Symbol.asyncDispose]()
    await client.close()
    await using again = await openSqliteStore({
      directory: folder.path,
      ...(await storeAccountOf(await start())),
    })
    expect((await again.draft('/xmtp/0/m-1/proto'))?.text).toBe('half a thought')
  })

  test('error: the key of another account or network opens nothing', async () => {
    await using folder = await temporaryDirectory()
    const account = await storeAccountOf(await start())
    const own = { directory: folder.path, ...account }
    const store = await openSqliteStore(own)
    await store.put({
      drafts: [{ topic: '/xmtp/0/m-1/proto', text: 'half a thought', changedNs: 1n }],
    })
    await store[Symbol.asyncDispose]()
    for (const other of [await open(wallet(), { network }), await start('another network')]) {
      await expect(openSqliteStore({ ...own, key: await storeKeyOf(other) })).rejects.toMatchObject(
        { name: 'VerificationError', code: 'local-store/wrong-key' },
      )
    }
  })
})
