import { contactTopic, type Envelope, privateStoreTopic } from '@posthorn/envelope'
import { ProtocolError } from '@posthorn/errors'
import { describe, expect, test } from 'vitest'
import { compileAccess } from './access-policy.ts'
import { createGate, type Gate } from './gate.ts'
import { createRateLimiter } from './rate-limiter.ts'

const alice = '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B'
const bob = '0x4E9ce36E442e55EcD9025B9a6E0D88485d628A67'
const message = '/xmtp/0/m-1/proto'
const invite = `/xmtp/0/invite-${bob}/proto`

type Settings = Readonly<Record<string, unknown>>

function gateOf(settings: Settings = {}, hasLimits = true) {
  const time = { nowMs: 0 }
  const rules = { current: compileAccess(new Map(Object.entries(settings))) }
  const gate = createGate({
    policy: () => rules.current,
    limiter: hasLimits ? createRateLimiter() : undefined,
    nowMs: () => time.nowMs,
  })
  return { gate, time, rules }
}

const envelopesOf = (topics: readonly string[]): Envelope[] =>
  topics.map((contentTopic) => ({ contentTopic, timestampNs: 1n, message: new Uint8Array(0) }))

type Publish = { topics?: readonly string[]; address?: string; remoteAddress?: string | undefined }

function publish(gate: Gate, options: Publish = {}): ProtocolError | undefined {
  const { topics = [message], address = alice, remoteAddress = '192.0.2.1' } = options
  return failureOf(() => {
    gate.admitPublish({ envelopes: envelopesOf(topics), address, remoteAddress })
  })
}

function failureOf(call: () => void): ProtocolError | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
}

const ten = { 'limits/publish': '10/6', 'limits/register': '2/1', 'limits/read': '10/6' }
const many = (count: number): string[] => Array<string>(count).fill(message)

describe('admitPublish', () => {
  test('default: an account has the burst and then the rate', () => {
    const { gate, time } = gateOf(ten)
    expect(publish(gate, { topics: many(10) })).toBeUndefined()
    expect(publish(gate)).toMatchObject({ code: 'rate/exceeded', retryAfterMs: 10_000 })
    time.nowMs = 10_000
    expect(publish(gate)).toBeUndefined()
    expect(publish(gate)).toBeDefined()
  })

  test('behavior: an account is limited over all its addresses, an address over all its accounts', () => {
    const { gate } = gateOf(ten)
    publish(gate, { topics: many(10) })
    expect(publish(gate, { remoteAddress: '192.0.2.2' })?.code).toBe('rate/exceeded')
    expect(publish(gate, { address: bob })?.code).toBe('rate/exceeded')
    expect(publish(gate, { address: bob, remoteAddress: '192.0.2.2' })).toBeUndefined()
  })

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['192.0.2.1', '192.0.2.3', false],
    [undefined, 'nonsense', true],
  ])('behavior: %s and %s share an allowance: %s', (first, second, isShared) => {
    const { gate } = gateOf(ten)
    publish(gate, { topics: many(10), remoteAddress: first ?? '' })
    const refused = publish(gate, { address: bob, remoteAddress: second })
    expect(refused !== undefined).toBe(isShared)
  })

  test('behavior: a refused publish takes nothing from any allowance', () => {
    const { gate } = gateOf(ten)
    publish(gate, { topics: many(8) })
    expect(publish(gate, { topics: many(3), address: bob })).toBeDefined()
    expect(publish(gate, { topics: many(10), address: bob, remoteAddress: '192.0.2.2' })).toBe(
      undefined,
    )
    expect(publish(gate, { topics: many(2) })).toBeUndefined()
  })

  test('behavior: registering has an allowance of its own', () => {
    const { gate } = gateOf(ten)
    const own = [contactTopic(alice), privateStoreTopic(alice)]
    expect(publish(gate, { topics: own })).toBeUndefined()
    expect(publish(gate, { topics: own.slice(1) })?.code).toBe('rate/exceeded')
    expect(publish(gate, { topics: many(10) })).toBeUndefined()
  })

  test('behavior: a kind of topic with its own limit is counted apart', () => {
    const { gate } = gateOf({ ...ten, 'limits/publish/v2-invite': '1/1' })
    expect(publish(gate, { topics: [invite, ...many(10)] })).toBeUndefined()
    expect(publish(gate, { topics: [invite] })).toMatchObject({ retryAfterMs: 60_000 })
  })

  test('error: 65,536 envelopes cost as many', () => {
    const { gate } = gateOf()
    const refused = publish(gate, { topics: many(65_536) })
    expect(refused).toMatchObject({ code: 'rate/over-burst', retryAfterMs: undefined })
    expect(refused?.message).toContain('3000 at once and 600 a minute')
  })

  test.each([alice, '192.0.2.0/24'])('behavior: privileged by %s, four times the limits', (who) => {
    const { gate } = gateOf({ ...ten, [`access/privileged/${who}`]: {} })
    expect(publish(gate, { topics: many(40) })).toBeUndefined()
    expect(publish(gate)).toMatchObject({ code: 'rate/exceeded', retryAfterMs: 2_500 })
    // What the privileged have used is nothing to others at their address.
    if (who === alice) expect(publish(gate, { address: bob })).toBeUndefined()
  })

  test('behavior: a publish of both kinds needs both powers', () => {
    const { gate } = gateOf({ [`access/deny/register/${alice}`]: {} })
    expect(publish(gate)).toBeUndefined()
    expect(publish(gate, { topics: [contactTopic(alice)] })?.code).toBe('postage/denied')
    expect(publish(gate, { topics: [message, privateStoreTopic(alice)] })?.code).toBe(
      'postage/denied',
    )
  })

  test('behavior: nothing at all is published with the power, too', () => {
    const { gate } = gateOf({ [`access/deny/publish/${alice}`]: {} })
    expect(publish(gate, { topics: [] })?.code).toBe('postage/denied')
  })

  test('behavior: without a limiter the lists still hold', () => {
    const { gate } = gateOf({ ...ten, 'access/deny/publish/192.0.2.0/24': {} }, false)
    expect(publish(gate)?.message).toContain('address is deny listed')
    expect(publish(gate, { topics: many(5_000), remoteAddress: '192.0.3.1' })).toBeUndefined()
  })

  test('no refusal names the account or the address', () => {
    const { gate } = gateOf({
      'limits/publish': '1/1',
      [`access/deny/publish/${bob}`]: {},
      'access/deny/publish/192.0.2.9': {},
    })
    publish(gate)
    const refusals = [
      publish(gate),
      publish(gate, { topics: many(2) }),
      publish(gate, { address: bob }),
      publish(gate, { remoteAddress: '192.0.2.9' }),
    ]
    for (const refusal of refusals) {
      expect(refusal?.message).toBeDefined()
      expect(JSON.stringify([refusal?.message, refusal?.details])).not.toMatch(/192|0x|m-1/i)
    }
  })
})

describe('admitRead', () => {
  const read = (gate: Gate, cost: number, remoteAddress = '192.0.2.1') =>
    failureOf(() => gate.admitRead(remoteAddress, cost))

  test('default: an address has the allowance of reads, whatever it publishes', () => {
    const { gate } = gateOf(ten)
    publish(gate, { topics: many(10) })
    expect(read(gate, 9)).toBeUndefined()
    expect(read(gate, 2)?.code).toBe('rate/exceeded')
    expect(read(gate, 1)).toBeUndefined()
    expect(read(gate, 0)).toBeUndefined()
    expect(read(gate, 10, '192.0.2.2')).toBeUndefined()
  })

  test('behavior: an address that may not publish is shut out from the moment the rules say so', () => {
    const { gate, rules } = gateOf(ten)
    expect(gate.isShutOut('::ffff:192.0.2.1')).toBe(false)
    rules.current = compileAccess(new Map([['access/deny/publish/192.0.2.1', {}]]))
    expect(gate.isShutOut('::ffff:192.0.2.1')).toBe(true)
    expect(gate.isShutOut('192.0.2.2')).toBe(false)
    expect(read(gate, 0)?.code).toBe('postage/denied')
  })
})
