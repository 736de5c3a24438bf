import { createBlockSet, readAddressBlock } from '@posthorn/postage'
import { createVirtualClock } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { createFloodGuard } from './flood-guard.ts'

const proxy = '192.0.2.1'

function guard() {
  const clock = createVirtualClock()
  const exempt = createBlockSet([readAddressBlock(proxy)])
  return { clock, ...createFloodGuard({ clock, exempt, maxConnections: 2 }) }
}

function reset(client: { countReset(): boolean }, times: number): boolean {
  let isWithin = true
  for (let n = 0; n < times; n++) isWithin = client.countReset()
  return isWithin
}

test('guard bars an address that takes back too much, on however many connections', () => {
  const { client } = guard()
  expect(reset(client('198.51.100.1'), 600)).toBe(true)
  expect(reset(client('198.51.100.1'), 401)).toBe(false)
  expect(client('198.51.100.1').isBarred()).toBe(true)
  expect(client('198.51.100.2').isBarred()).toBe(false)
})

test('guard takes the addresses of one client for one', () => {
  const { client } = guard()
  client('2001:db8::1').bar()
  expect(client('2001:db8::ffff:1').isBarred()).toBe(true)
  expect(client('2001:db8:0:1::1').isBarred()).toBe(false)
})

test('guard forgives after five seconds', async () => {
  const { client, clock } = guard()
  reset(client('198.51.100.1'), 1_001)
  await clock.advance(4_999)
  expect(client('198.51.100.1').isBarred()).toBe(true)
  await clock.advance(1)
  expect(client('198.51.100.1').isBarred()).toBe(false)
  expect(reset(client('198.51.100.1'), 500)).toBe(true)
})

test('guard takes no more connections of one address than it may have', () => {
  const { client } = guard()
  const connect = () => client('198.51.100.1').connect()
  expect([connect(), connect(), connect()]).toEqual([true, true, false])
  expect(client('198.51.100.2').connect()).toBe(true)
  client('198.51.100.1').disconnect()
  expect([connect(), connect()]).toEqual([true, false])
})

test('guard bounds neither proxies nor what has no address', () => {
  const { client } = guard()
  for (const address of [proxy, undefined]) {
    expect(reset(client(address), 5_000)).toBe(true)
    client(address).bar()
    expect(client(address).isBarred()).toBe(false)
    expect([1, 2, 3].map(() => client(address).connect())).toEqual([true, true, true])
  }
})

test('guard remembers a bounded number of floods', () => {
  const { client } = guard()
  for (let n = 0; n < 20_000; n++) client(`10.0.${n >> 8}.${n & 255}`).bar()
  expect(client('10.0.0.1').isBarred()).toBe(false)
  expect(client('10.0.78.31').isBarred()).toBe(true)
})
