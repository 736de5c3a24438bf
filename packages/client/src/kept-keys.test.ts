// Keys that a device keeps: who is asked for what, and what is noticed on the network.

import { contactTopic, type Envelope, privateStoreTopic } from '@posthorn/envelope'
import { encodeContactBundle, type WalletSigner } from '@posthorn/identity'
import { createMemoryVault, type KeyVault, rotateKeyBundle } from '@posthorn/keystore'
import { createKeystore, importKeystore, type Keystore } from '@posthorn/protocol-v2'
import { createVirtualClock, eventually } from '@posthorn/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Client } from './client.ts'
import type { ClientOptions } from './create-client.ts'
import type { KeyAlarm } from './key-alarm.ts'
import { checkKeys, lockKeys, rotateKeys } from './keys.ts'
import { systemClock } from './system-clock.ts'
import { clock, contents, createWorld, crypto, type TestWallet, wallet } from './test-world.ts'

const create = 'XMTP : Create Identity'
const enable = 'XMTP : Enable Identity'
let { network, open, categories } = createWorld()
let signer: TestWallet
let vault: KeyVault

beforeEach(() => {
  ;({ network, open, categories } = createWorld())
  signer = wallet()
  vault = createMemoryVault()
})

const start = (options: ClientOptions = {}): Promise<Client> => open(signer, { vault, ...options })
const kinds = (alarms: readonly KeyAlarm[]): string[] => alarms.map(({ kind }) => kind)
const laterNs = (byMs = 1): bigint => BigInt(clock.nowMs() + byMs) * 1_000_000n
const publish = (...envelopes: readonly Envelope[]): Promise<void> =>
  network.connect().publish(envelopes)
const newestRecord = (): Envelope =>
  network.stored.findLast(
    ({ contentTopic }) => contentTopic === privateStoreTopic(signer.address),
  ) as Envelope

async function advertise(keystore: Keystore, timestampNs: bigint): Promise<void> {
  const message = encodeContactBundle({ version: 'v2', keyBundle: keystore.keyBundle })
  await publish({ contentTopic: contactTopic(signer.address), timestampNs, message })
}

describe('a client with a vault', () => {
  test('default: the wallet is asked on the first start only, and an address does then', async () => {
    const first = await start()
    expect(signer.texts).toEqual([create, enable])
    const second = await start()
    const third = await open(signer.address as `0x${string}`, { vault })
    const lower = await open(signer.address.toLowerCase() as `0x${string}`, { vault })
    expect(signer.texts).toHaveLength(2)
    const clients = [first, second, third, lower]
    expect(clients.map(({ promptCount }) => promptCount)).toEqual([2, 0, 0, 0])
    expect(new Set(clients.map(({ address }) => address)).size).toBe(1)
    expect(await lower.exportKeys()).toEqual(await first.exportKeys())
    expect(categories()).toEqual(['private', 'contact', 'contact'])
  })

  test('default: keys of the network are kept when they have been fetched once', async () => {
    await open(signer)
    const second = await start()
    const third = await start()
    expect([second.promptCount, third.promptCount]).toEqual([1, 0])
  })

  test('default: networks are apart', async () => {
    await start({ network: 'one' })
    await start({ network: 'two' })
    await start({ url: 'one' })
    expect(signer.texts).toEqual([create, enable, enable])
  })

  test('behavior: local keys are kept here and nowhere else', async () => {
    await start({ keystore: 'local' })
    const again = await start({ keystore: 'local' })
    expect([again.promptCount, signer.texts]).toEqual([0, [create]])
    expect(await checkKeys(again)).toEqual([])
    expect(categories()).not.toContain('private')
  })

  test('behavior: it opens while the network is down', async () => {
    await start()
    const transport = network.connect()
    await transport[Symbol.asyncDispose]()
    const client = await start({ transport })
    expect(client.address).toBe(signer.address)
  })

  test('error: an address without keys in the vault is client/no-kept-keys', async () => {
    const opening = open(signer.address as `0x${string}`, { vault })
    await expect(opening).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'client/no-kept-keys',
    })
    expect(network.stored).toEqual([])
  })

  test('error: a vault that gives out the keys of another account is refused', async () => {
    const other = createMemoryVault()
    await open(wallet(), {
      vault: { ...other, save: (_owner, bytes) => other.save({ network: '', address: '' }, bytes) },
    })
    const lying: KeyVault = { ...vault, load: () => other.load({ network: '', address: '' }) }
    await expect(open(signer, { vault: lying })).rejects.toMatchObject({
      code: 'keystore/other-account',
    })
  })
})

describe('alarms', () => {
  test.each([
    ['record-replaced', 1],
    ['record-rolled-back', -1_000_000],
  ])('default: another record is %s when its time is %d ms from ours', async (kind, byMs) => {
    const first = await start()
    const before = await first.exportKeys()
    const rows = network.stored.length
    const foreign = await createKeystore(crypto, { signer, nowMs: clock.nowMs() })
    const message = await foreign.sealKeyBundle(signer)
    const ours = newestRecord()
    const timestampNs = ours.timestampNs + BigInt(byMs) * 1_000_000n
    const asked = signer.texts.length
    const liar = createWorld()
    await liar.network.connect().publish(byMs > 0 ? [...network.stored] : network.stored.slice(1))
    await liar.network.connect().publish([{ ...ours, timestampNs, message }])
    const alarms: KeyAlarm[] = []
    const transport = liar.network.connect()
    const again = await start({ transport, onAlarm: (alarm) => alarms.push(alarm) })
    await eventually(async () => expect(alarms).toEqual([{ kind, address: signer.address }]))
    expect(kinds(await checkKeys(again))).toEqual([kind])
    expect(await again.exportKeys()).toEqual(before)
    expect([signer.texts.length, network.stored.length]).toEqual([asked, rows])
  })

  test('default: a record that is gone is record-missing, and none is made anew', async () => {
    await start()
    const empty = createWorld()
    const again = await start({ transport: empty.network.connect() })
    expect(kinds(await checkKeys(again))).toContain('record-missing')
    await eventually(async () => expect(empty.categories()).toEqual(['contact', 'contact']))
  })

  test('default: a foreign identity is contact-replaced, and ours is advertised again', async () => {
    const alarms: KeyAlarm[] = []
    const client = await start()
    const foreign = await createKeystore(crypto, { signer, nowMs: clock.nowMs() })
    await advertise(foreign, laterNs())
    expect(kinds(await checkKeys(client))).toEqual(['contact-replaced'])
    await systemClock.sleep(3)
    const again = await start({ onAlarm: (alarm) => alarms.push(alarm) })
    await eventually(async () => expect(await checkKeys(again)).toEqual([]))
    expect(kinds(alarms)).toEqual(['contact-replaced'])
  })

  test('default: newer pre-keys of ours are contact-newer, and never taken back', async () => {
    const client = await start()
    const newer = importKeystore(
      crypto,
      rotateKeyBundle(crypto, await client.exportKeys(), clock.nowMs()),
    )
    await advertise(newer, laterNs())
    const rows = network.stored.length
    const again = await start()
    const plain = await open(await client.exportKeys(), { keystore: 'static' })
    expect(kinds(await checkKeys(again))).toEqual(['contact-newer'])
    expect(kinds(await checkKeys(plain))).toEqual(['contact-newer'])
    expect(network.stored).toHaveLength(rows)
  })

  test('behavior: nothing is said when all is as it was', async () => {
    const alarms: KeyAlarm[] = []
    const first = await start({ onAlarm: (alarm) => alarms.push(alarm) })
    const again = await start({ onAlarm: (alarm) => alarms.push(alarm) })
    expect([await checkKeys(first), await checkKeys(again), alarms]).toEqual([[], [], []])
  })
})

describe('autoLock', () => {
  test('default: keys leave the memory and come back from the vault when they are used', async () => {
    await using bob = await open()
    const time = createVirtualClock()
    const asked: string[] = []
    const autoLock = {
      idleMs: 1_000,
      onLock: () => void asked.push('locked'),
      onUnlock: () => void asked.push('unlock'),
    }
    const client = await start({ clock: time, autoLock })
    const chat = await client.newConversation(bob.address)
    await time.advance(1_000)
    expect(asked).toEqual(['locked'])
    await chat.send('gm')
    expect(asked).toEqual(['locked', 'unlock'])
    lockKeys(client)
    expect(contents(await chat.messages())).toEqual(['gm'])
    expect(asked).toEqual(['locked', 'unlock', 'locked', 'unlock'])
    await client.close()
    expect(time.pendingTimers()).toBe(0)
  })

  test('error: a user who says no is keystore/locked, and may be asked again', async () => {
    const answers = ['no', 'yes']
    const autoLock = {
      onUnlock: () => {
        if (answers.shift() === 'no') throw new TypeError('not now')
      },
    }
    const client = await start({ autoLock })
    lockKeys(client)
    await expect(client.exportKeys()).rejects.toMatchObject({ code: 'keystore/locked' })
    await expect(client.exportKeys()).resolves.toBeDefined()
  })

  test('error: without a vault it is client/vault-expected, and without it nothing locks', async () => {
    await expect(open(signer, { autoLock: {} })).rejects.toMatchObject({
      code: 'client/vault-expected',
    })
    const client = await start()
    expect(() => lockKeys(client)).toThrow(expect.objectContaining({ code: 'client/no-auto-lock' }))
  })
})

describe('rotateKeys', () => {
  const rotate = (options: ClientOptions = {}, from: WalletSigner = signer): Promise<void> =>
    rotateKeys(from, { crypto, clock, transport: network.connect(), ...options })

  test('default: newer keys are advertised, old messages and conversations go on', async () => {
    await using bob = await open()
    const before = await start()
    const chat = await before.newConversation(bob.address)
    await chat.send('before')
    const old = await before.exportKeys()
    await before.close()
    await rotate({ vault })
    expect(signer.texts).toEqual([create, enable, enable])

    await using after = await start()
    expect(after.promptCount).toBe(0)
    expect(await after.exportKeys()).not.toEqual(old)
    expect(await checkKeys(after)).toEqual([])
    const [again] = await after.conversations()
    await again?.send('after')
    expect(contents((await again?.messages()) ?? [])).toEqual(['before', 'after'])
    bob.forgetContact(signer.address)
    await using carol = await open()
    const fresh = await carol.newConversation(signer.address)
    await fresh.send('to the new key')
    const found = await after.conversationWith(carol.address)
    expect(contents((await found?.messages()) ?? [])).toEqual(['to the new key'])
  })

  test('default: a client that opens the network’s keys gets the newer ones', async () => {
    await start()
    await rotate()
    const elsewhere = await open(signer)
    expect(await checkKeys(elsewhere)).toEqual([])
    const stale = await start()
    expect(kinds(await checkKeys(stale))).toEqual(['record-replaced', 'contact-newer'])
  })

  test('behavior: onBeforeSign hears of each prompt once', async () => {
    await start()
    const heard: string[] = []
    await rotate({ onBeforeSign: ({ purpose }) => void heard.push(purpose) })
    expect(heard).toEqual(['enable-identity', 'enable-identity'])
  })

  test('behavior: local keys stay local', async () => {
    await start({ keystore: 'local' })
    await rotate({ keystore: 'local', vault })
    expect([signer.texts, categories().includes('private')]).toEqual([[create], false])
    expect(await checkKeys(await start({ keystore: 'local' }))).toEqual([])
  })
})
