import { generatePrivateKey } from '@posthorn/crypto'
import { contactTopic, type Envelope, privateStoreTopic } from '@posthorn/envelope'
import { encodeContactBundle, type WalletSigner } from '@posthorn/identity'
import { createMemoryVault } from '@posthorn/keystore'
import { createKeystore } from '@posthorn/protocol-v2'
import { beforeEach, describe, expect, test } from 'vitest'
import { lockKeys } from './keys.ts'
import { systemClock } from './system-clock.ts'
import { clock, contents, createWorld, crypto, wallet } from './test-world.ts'

let { network, open, categories } = createWorld()

beforeEach(() => {
  ;({ network, open, categories } = createWorld())
})

describe('createClient', () => {
  test('default: asks twice on first use, once later, and never with exported keys', async () => {
    const signer = wallet()
    const first = await open(signer)
    expect(signer.texts).toEqual(['XMTP : Create Identity', 'XMTP : Enable Identity'])
    expect(categories()).toEqual(['private', 'contact', 'contact'])
    const second = await open(signer)
    expect(signer.texts).toHaveLength(3)
    const third = await open(await first.exportKeys(), { keystore: 'static' })
    expect(signer.texts).toHaveLength(3)
    expect([first, second, third].map((client) => client.promptCount)).toEqual([2, 1, 0])
    expect([second.address, third.address]).toEqual([first.address, first.address])
    expect(await second.exportKeys()).toEqual(await first.exportKeys())
    expect(network.stored).toHaveLength(3)
  })

  test('behavior: keys that were passed may be wiped once there is a client', async () => {
    const privateKey = generatePrivateKey(crypto)
    const vault = createMemoryVault()
    const fromWallet = await open(privateKey, { vault, autoLock: { idleMs: 60_000 } })
    privateKey.fill(0)
    const keys = await fromWallet.exportKeys()
    const kept = keys.slice()
    const fromKeys = await open(keys, { keystore: 'static' })
    keys.fill(0)
    lockKeys(fromWallet)
    const peer = await open()
    for (const client of [fromWallet, fromKeys]) {
      expect(await client.exportKeys()).toEqual(kept)
      const conversation = await client.newConversation(peer.address)
      await conversation.send('gm')
      expect(contents(await conversation.messages())).toContain('gm')
    }
  })

  test('behavior: onBeforeSign hears of each prompt before it is shown', async () => {
    const signer = wallet()
    const heard: unknown[] = []
    await open(signer, {
      onBeforeSign: ({ purpose, text }) => {
        heard.push([purpose, text.split('\n')[0], signer.texts.length])
      },
    })
    expect(heard).toEqual([
      ['create-identity', 'XMTP : Create Identity', 0],
      ['enable-identity', 'XMTP : Enable Identity', 1],
    ])
  })

  test('behavior: local keys are not published', async () => {
    const signer = wallet()
    await open(signer, { keystore: 'local' })
    expect(signer.texts).toEqual(['XMTP : Create Identity'])
    expect(categories()).toEqual(['contact', 'contact'])
  })

  test('behavior: the contact is published again when another one is newer', async () => {
    const signer = wallet()
    const client = await open(signer)
    const other = await createKeystore(crypto, { signer, nowMs: clock.nowMs() })
    const message = encodeContactBundle({ version: 'v2', keyBundle: other.keyBundle })
    const timestampNs = BigInt(clock.nowMs() + 1) * 1_000_000n
    await network
      .connect()
      .publish([{ contentTopic: contactTopic(client.address), timestampNs, message }])
    await systemClock.sleep(3)
    const before = network.stored.length
    await open(signer)
    expect(categories(before)).toEqual(['contact', 'contact'])
  })

  test('error: a wallet whose signature is not of its address is explained', async () => {
    const signer = wallet()
    const liar: WalletSigner = { address: wallet().address, signText: signer.signText }
    await expect(open(liar)).rejects.toMatchObject({
      name: 'VerificationError',
      code: 'client/not-signed-by-account',
      message: expect.stringContaining('contract wallets'),
    })
    expect(network.stored).toEqual([])
  })

  test('error: a record that cannot be opened is not overwritten', async () => {
    const signer = wallet()
    await open(signer)
    const record = network.stored[0] as Envelope
    const spoilt = record.message.slice()
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
    const timestampNs = record.timestampNs + 1n
    await network.connect().publish([{ ...record, timestampNs, message: spoilt }])
    const before = network.stored.length
    const notOpened = { name: 'VerificationError', code: 'client/keys-not-opened' }
    await expect(open(signer)).rejects.toMatchObject(notOpened)
    await network
      .connect()
      .publish([{ ...record, timestampNs: timestampNs + 1n, message: crypto.randomBytes(40) }])
    await expect(open(signer)).rejects.toMatchObject(notOpened)
    expect(network.stored.slice(before).map((each) => each.contentTopic)).toEqual([
      privateStoreTopic(signer.address),
    ])
  })

  test('error: static without exported keys is client/keys-expected', async () => {
    await expect(open(wallet(), { keystore: 'static' })).rejects.toMatchObject({
      code: 'client/keys-expected',
    })
  })
})
