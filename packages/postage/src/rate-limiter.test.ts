import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Charge, createRateLimiter } from './rate-limiter.ts'

const limit = { burst: 10, perMinute: 6 }
const charge = (cost: number, key = 'a', of = limit): Charge => ({ key, limit: of, cost })

describe('createRateLimiter', () => {
  test('default: a full bucket holds the burst and no more', () => {
    const limiter = createRateLimiter()
    expect(limiter.take([charge(10)], 0)).toBeUndefined()
    expect(limiter.take([charge(1)], 0)?.retryAfterMs).toBe(10_000)
    expect(limiter.take([charge(1)], 9_999)).toBeDefined()
    expect(limiter.take([charge(1)], 10_000)).toBeUndefined()
  })

  test('behavior: two calls a minute against 6 a minute never run dry', () => {
    const limiter = createRateLimiter()
    for (let minute = 0; minute < 10_000; minute++) {
      expect(limiter.take([charge(3)], minute * 60_000)).toBeUndefined()
      expect(limiter.take([charge(3)], minute * 60_000 + 30_000)).toBeUndefined()
    }
  })

  test.each([65_536, 65_537, 2 ** 32, 2 ** 53, Number.MAX_VALUE])(
    'error: a cost of %d does not wrap, and no wait would help',
    (cost) => {
      const limiter = createRateLimiter()
      const shortage = limiter.take([charge(cost)], 0)
      expect(shortage).toEqual({ charge: charge(cost), retryAfterMs: undefined })
    },
  )

  test('behavior: when one of several buckets has too little, nothing is taken', () => {
    const limiter = createRateLimiter()
    limiter.take([charge(10, 'b')], 0)
    expect(limiter.take([charge(10, 'a'), charge(1, 'b')], 0)?.charge.key).toBe('b')
    expect(limiter.take([charge(10, 'a')], 0)).toBeUndefined()
  })

  test('behavior: a limit that is raised helps at once, and one that is lowered binds at once', () => {
    const limiter = createRateLimiter()
    limiter.take([charge(10)], 0)
    expect(limiter.take([charge(10, 'a', { burst: 20, perMinute: 6 })], 0)).toBeUndefined()
    expect(limiter.take([charge(1, 'a', { burst: 5, perMinute: 6 })], 0)?.retryAfterMs).toBe(
      160_000,
    )
  })

  test('no history of calls is given more than burst and refill, nor refused what they leave', () => {
    const calls = fc.array(fc.tuple(fc.nat(30_000_000), fc.integer({ min: 0, max: 12 })), {
      minLength: 1,
      maxLength: 60,
    })
    const limits = fc.record({
      burst: fc.integer({ min: 1, max: 10_000_000 }),
      perMinute: fc.integer({ min: 1, max: 10_000_000 }),
    })
    fc.assert(
      fc.property(limits, calls, fc.integer({ min: 1, max: 1_000 }), (of, history, scale) => {
        const limiter = createRateLimiter()
        let [nowUs, level] = [0n, BigInt(of.burst) * 60_000_000n]
        for (const [waitUs, count] of history) {
          const cost = Math.ceil((count * of.burst * scale) / 10_000)
          nowUs += BigInt(waitUs)
          level += BigInt(waitUs) * BigInt(of.perMinute)
          if (level > BigInt(of.burst) * 60_000_000n) level = BigInt(of.burst) * 60_000_000n
          const isEnough = level >= BigInt(cost) * 60_000_000n
          const shortage = limiter.take([charge(cost, 'a', of)], Number(nowUs) / 1_000)
          expect(shortage === undefined).toBe(isEnough)
          if (isEnough) level -= BigInt(cost) * 60_000_000n
        }
      }),
      { numRuns: 500 },
    )
  })

  test('whoever waits as long as told is served, and not a millisecond is too much', () => {
    const limits = fc.record({
      burst: fc.integer({ min: 1, max: 1_000_000 }),
      perMinute: fc.integer({ min: 1, max: 1_000_000 }),
    })
    fc.assert(
      fc.property(limits, fc.nat(1_000_000), fc.nat(1_000_000), (of, spent, wanted) => {
        const limiter = createRateLimiter()
        limiter.take([charge(Math.min(spent, of.burst), 'a', of)], 0)
        const cost = Math.min(wanted, of.burst)
        const waitMs = limiter.take([charge(cost, 'a', of)], 0)?.retryAfterMs
        if (waitMs === undefined) return
        expect(limiter.take([charge(cost, 'a', of)], waitMs - 1)).toBeDefined()
        expect(limiter.take([charge(cost, 'a', of)], waitMs)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  describe('memory', () => {
    test('never holds more buckets than it may', () => {
      const limiter = createRateLimiter({ maxBuckets: 100 })
      for (let client = 0; client < 10_000; client++) {
        limiter.take([charge(10, `client ${client}`)], client)
        expect(limiter.size()).toBeLessThanOrEqual(100)
      }
    })

    test('buckets that are full again make room first', () => {
      const limiter = createRateLimiter({ maxBuckets: 20 })
      limiter.take([charge(10, 'spent')], 0)
      for (let client = 0; client < 19; client++) limiter.take([charge(1, `client ${client}`)], 0)
      // After 10 s, all but the spent one are full.
      limiter.take([charge(1, 'newcomer')], 10_000)
      expect(limiter.size()).toBe(2)
      expect(limiter.take([charge(10, 'spent')], 10_000)).toBeDefined()
    })

    test('when none is full, the one that misses least makes room', () => {
      const limiter = createRateLimiter({ maxBuckets: 3 })
      for (const [key, cost] of [['a', 9] as const, ['b', 2] as const, ['c', 9] as const]) {
        limiter.take([charge(cost, key)], 0)
      }
      limiter.take([charge(1, 'd')], 0)
      expect(limiter.take([charge(2, 'a')], 0)).toBeDefined()
      expect(limiter.take([charge(2, 'c')], 0)).toBeDefined()
      expect(limiter.take([charge(10, 'b')], 0)).toBeUndefined()
    })

    test('sweeping forgets full buckets and only those', () => {
      const limiter = createRateLimiter()
      limiter.take([charge(1, 'a'), charge(2, 'b'), charge(0, 'c')], 0)
      expect(limiter.size()).toBe(2)
      limiter.sweep(10_000)
      expect(limiter.size()).toBe(1)
      limiter.sweep(20_000)
      expect(limiter.size()).toBe(0)
    })
  })
})
