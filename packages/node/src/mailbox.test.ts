import { describe, expect, test } from 'vitest'
import { type Delivery, deliveryOf } from './delivery.ts'
import { Mailbox } from './mailbox.ts'

function delivery(lengthBytes: number): Delivery {
  const message = new Uint8Array(lengthBytes)
  return deliveryOf({ contentTopic: 'a', timestampNs: 1n, message }, 1)
}

describe('mailbox', () => {
  test('gives what waits in one batch, and waits when empty', async () => {
    const mailbox = new Mailbox(1_000)
    const [one, two, three] = [delivery(1), delivery(1), delivery(1)]
    const early = mailbox.stirred()
    mailbox.put(one)
    await early
    expect(mailbox.take()).toEqual([one])
    mailbox.put(two)
    mailbox.put(three)
    expect(mailbox.waitingBytes).toBe(two.costBytes + three.costBytes)
    expect(mailbox.take()).toEqual([two, three])
    expect(mailbox.waitingBytes).toBe(0)
  })

  test('overflows by bytes, those around a message counted too, and keeps what fitted', () => {
    const mailbox = new Mailbox(1_000)
    const four = [0, 0, 0, 0].map(delivery)
    for (const each of four) mailbox.put(each)
    expect(mailbox.hasOverflowed()).toBe(true)
    expect(mailbox.take()).toEqual(four.slice(0, 3))
    mailbox.put(delivery(0))
    mailbox.nudge()
    mailbox.reset()
    expect(mailbox.hasOverflowed()).toBe(false)
    mailbox.put(delivery(0))
    expect(mailbox.take()).toHaveLength(1)
  })

  test('holds one delivery of any size', () => {
    const mailbox = new Mailbox(1_000)
    mailbox.put(delivery(5_000))
    expect(mailbox.hasOverflowed()).toBe(false)
    mailbox.put(delivery(1))
    expect(mailbox.hasOverflowed()).toBe(true)
    expect(mailbox.take()).toHaveLength(1)
  })

  test('a nudge wakes who waits with nothing', async () => {
    const mailbox = new Mailbox(1_000)
    const waiting = mailbox.stirred()
    mailbox.nudge()
    await waiting
    expect(mailbox.take()).toEqual([])
  })

  test('gives what waits after it closed, then nothing', async () => {
    const mailbox = new Mailbox(1_000)
    mailbox.put(delivery(1))
    mailbox.close()
    mailbox.put(delivery(1))
    await mailbox.stirred()
    expect(mailbox.take()).toHaveLength(1)
    await mailbox.stirred()
    expect(mailbox.take()).toBeUndefined()
  })

  test('wakes who waits when it closes', async () => {
    const mailbox = new Mailbox(1_000)
    const waiting = mailbox.stirred()
    mailbox.close()
    await waiting
    expect(mailbox.take()).toBeUndefined()
  })
})
