import { beforeEach, describe, expect, test } from 'vitest'
import { canMessage } from './can-message.ts'
import { createWorld, crypto, wallet } from './test-world.ts'

let { network, open, openV1Only } = createWorld()

beforeEach(() => {
  ;({ network, open, openV1Only } = createWorld())
})

describe('canMessage', () => {
  test('default: tells who has joined, in the order asked, and leaves no trace', async () => {
    const [alice, veteran, nobody] = [await open(), await openV1Only(), wallet()]
    const transport = network.connect()
    const stored = network.stored.length
    const options = { transport, crypto }
    const asked = [nobody.address, alice.address.toLowerCase(), veteran.address, alice.address]
    expect(await canMessage(asked, options)).toEqual([false, true, true, true])
    expect(await canMessage(alice.address, options)).toBe(true)
    expect(await canMessage(nobody.address, options)).toBe(false)
    expect(await canMessage([], options)).toEqual([])
    expect(network.stored).toHaveLength(stored)
    // Whoever brought the transport goes on using it.
    await open(wallet(), { transport })
  })

  test('behavior: asks 50 to a request', async () => {
    const inner = network.connect()
    const sizes: number[] = []
    const transport = {
      ...inner,
      batchQuery: (...[requests, options]: Parameters<typeof inner.batchQuery>) => {
        sizes.push(requests.length)
        return inner.batchQuery(requests, options)
      },
    }
    const addresses = Array.from({ length: 120 }, (_, n) => `0x${String(n).padStart(40, '0')}`)
    const answers = await canMessage(addresses, { transport, crypto })
    expect(answers).toEqual(addresses.map(() => false))
    expect(sizes).toEqual([50, 50, 20])
  })

  test('error: an address that is none', async () => {
    const options = { transport: network.connect(), crypto }
    for (const given of ['0x12', ['0x12']]) {
      await expect(canMessage(given as string, options)).rejects.toMatchObject({
        code: 'identity/bad-address',
      })
    }
  })

  test('error: a node that is not there', async () => {
    const signal = AbortSignal.timeout(50)
    const asked = canMessage(wallet().address, { url: 'http://127.0.0.1:1', crypto, signal })
    await expect(asked).rejects.toMatchObject({ name: 'TransportError' })
  })
})
