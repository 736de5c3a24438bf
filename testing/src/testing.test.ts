import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  createSecretSpy,
  createVirtualClock,
  eventually,
  seededRandom,
  temporaryDirectory,
} from './index.ts'

describe('virtual clock', () => {
  it('runs timers in the order of their time, each at its own', async () => {
    const clock = createVirtualClock(1_000)
    const seen: string[] = []
    clock.after(30, () => seen.push(`late ${clock.nowMs()}`))
    clock.after(10, () => seen.push(`early ${clock.nowMs()}`))
    await clock.advance(29)
    expect(seen).toEqual(['early 1010'])
    await clock.advance(1)
    expect(seen).toEqual(['early 1010', 'late 1030'])
    expect(clock.pendingTimers()).toBe(0)
  })

  it('repeats a period until it is cancelled', async () => {
    const clock = createVirtualClock()
    let calls = 0
    const timer = clock.every(10, () => calls++)
    await clock.advance(35)
    timer.cancel()
    await clock.advance(100)
    expect(calls).toBe(3)
  })

  it('lets a task that wakes sleep again within one advance', async () => {
    const clock = createVirtualClock()
    const naps: number[] = []
    const task = (async () => {
      for (let nap = 0; nap < 3; nap++) {
        await clock.sleep(10)
        naps.push(clock.monotonicMs())
      }
    })()
    await clock.advance(30)
    await task
    expect(naps).toEqual([10, 20, 30])
  })

  it('wakes a sleeper whose signal aborts', async () => {
    const clock = createVirtualClock()
    const controller = new AbortController()
    const nap = clock.sleep(1_000, { signal: controller.signal })
    controller.abort()
    await nap
    expect(clock.pendingTimers()).toBe(0)
  })

  it('keeps monotonic time when the wall clock is set back', async () => {
    const clock = createVirtualClock(5_000)
    clock.shiftWallClock(-3_000)
    await clock.advance(1)
    expect([clock.nowMs(), clock.nowNs(), clock.monotonicMs()]).toEqual([2_001, 2_001_000_000n, 1])
  })
})

describe('seeded random', () => {
  it('repeats with its seed and differs with another', () => {
    expect(seededRandom(7).bytes(16)).toEqual(seededRandom(7).bytes(16))
    expect(seededRandom(7).bytes(16)).not.toEqual(seededRandom(8).bytes(16))
  })

  it('spreads over the whole unit interval', () => {
    const { unit } = seededRandom(1)
    const buckets = new Set(Array.from({ length: 1_000 }, () => Math.floor(unit() * 10)))
    expect([...buckets].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('secret spy', () => {
  it('finds a key in every usual spelling and nothing in harmless text', () => {
    const key = seededRandom(3).bytes(32)
    const spellings = [
      Buffer.from(key).toString('hex').toUpperCase(),
      Buffer.from(key).toString('base64'),
      Buffer.from(key).toString('base64url'),
      JSON.stringify([...key]),
    ]
    for (const spelling of spellings) {
      const spy = createSecretSpy({ key, other: 'correct horse' })
      spy.write(`a line with ${spelling} in it\n`)
      expect(spy.leaks()).toEqual(['key'])
    }
    const spy = createSecretSpy({ key })
    spy.write('nothing to see\n')
    expect(spy.leaks()).toEqual([])
  })
})

describe('eventually', () => {
  it('returns the first success', async () => {
    let attempts = 0
    const result = await eventually(() => {
      attempts++
      expect(attempts).toBe(3)
      return 'done'
    })
    expect(result).toBe('done')
  })

  it('fails with the last error when time is up', async () => {
    const attempt = (): never => {
      throw new RangeError('still not')
    }
    await expect(eventually(attempt, { timeoutMs: 20 })).rejects.toThrow('still not')
  })
})

describe('temporary directory', () => {
  it('goes away with its scope', async () => {
    let path: string
    {
      await using directory = await temporaryDirectory()
      path = directory.path
      expect(existsSync(path)).toBe(true)
    }
    expect(existsSync(path)).toBe(false)
  })
})
