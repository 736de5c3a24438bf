import { toHex } from '@posthorn/bytes'
import { contactTopic } from '@posthorn/envelope'
import type { Transport } from '@posthorn/transport'
import { beforeEach, describe, expect, test } from 'vitest'
import { clock, createWorld, crypto, wallet } from './test-world.ts'

let { network, open } = createWorld()

beforeEach(() => {
  ;({ network, open } = createWorld())
})

describe('canMessage', () => {
  test('default: is true for who has joined, in any case of letters', async () => {
    const [alice, bob] = [await open(), await open()]
    expect(await alice.canMessage(bob.address)).toBe(true)
    expect(await alice.canMessage(bob.address.toLowerCase())).toBe(true)
    expect(await alice.canMessage(wallet().address)).toBe(false)
  })

  test('behavior: many are asked in groups of fifty and answered in their order', async () => {
    const bob = await open()
    const sizes: number[] = []
    const plain = network.connect()
    const transport: Transport = {
      ...plain,
      batchQuery: (requests, options) => {
        sizes.push(requests.length)
        return plain.batchQuery(requests, options)
      },
    }
    const alice = await open(wallet(), { transport })
    const many = Array.from({ length: 120 }, () => `0x${toHex(crypto.randomBytes(20))}`)
    const asked = [...many, bob.address, bob.address.toLowerCase()]
    expect(await alice.canMessage(asked)).toEqual([...many.map(() => false), true, true])
    expect(sizes).toEqual([50, 50, 21])
  })

  test('behavior: junk and contacts of others on the topic are passed over', async () => {
    const [alice, bob] = [await open(), await open()]
    const stranger = wallet().address
    const row = network.stored.find((each) => each.contentTopic === contactTopic(bob.address))
    const contentTopic = contactTopic(stranger)
    const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
    await network.connect().publish([
      { contentTopic, timestampNs, message: row?.message ?? crypto.randomBytes(1) },
      { contentTopic, timestampNs, message: crypto.randomBytes(100) },
    ])
    expect(await alice.canMessage(stranger)).toBe(false)
  })

  test('error: what is no address is identity/bad-address', async () => {
    const alice = await open()
    await expect(alice.canMessage('alice.eth')).rejects.toMatchObject({
      code: 'identity/bad-address',
    })
  })
})
