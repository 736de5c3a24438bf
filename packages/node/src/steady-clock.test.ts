import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { createSteadyClock } from './steady-clock.ts'

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]

function setUp() {
  const machine = createVirtualClock()
  const jumps: number[] = []
  const clock = createSteadyClock(machine, (aheadMs) => jumps.push(aheadMs))
  const nowMs = () => Number(clock.nowNs() / 1_000_000n)
  return { machine, jumps, nowMs }
}

describe('steady clock', () => {
  test('default: tells the time of the machine', async () => {
    const { machine, jumps, nowMs } = setUp()
    for (let n = 0; n < 5; n++) {
      await machine.advance(hourMs)
      expect(nowMs()).toBe(machine.nowMs())
    }
    expect(jumps).toEqual([])
  })

  test('behavior: follows small corrections ahead, however many', async () => {
    const { machine, jumps, nowMs } = setUp()
    for (let n = 0; n < 10; n++) {
      machine.shiftWallClock(minuteMs)
      expect(nowMs()).toBe(machine.nowMs())
      await machine.advance(hourMs)
    }
    expect(jumps).toEqual([])
  })

  test('behavior: follows a clock that goes back, and its return, at once', async () => {
    const { machine, jumps, nowMs } = setUp()
    machine.shiftWallClock(-hourMs)
    expect(nowMs()).toBe(machine.nowMs())
    machine.shiftWallClock(hourMs)
    expect(nowMs()).toBe(machine.nowMs())
    expect(jumps).toEqual([])
  })

  test('behavior: goes on as before when the clock jumps ahead, and says so once', async () => {
    const { machine, jumps, nowMs } = setUp()
    const beforeMs = nowMs()
    machine.shiftWallClock(dayMs)
    expect(nowMs()).toBe(beforeMs)
    await machine.advance(hourMs)
    expect(nowMs()).toBe(beforeMs + hourMs)
    machine.shiftWallClock(-dayMs)
    expect(nowMs()).toBe(machine.nowMs())
    expect(jumps).toEqual([dayMs])
  })

  test('behavior: takes a jump ahead for true when it has lasted for a day', async () => {
    const { machine, jumps, nowMs } = setUp()
    machine.shiftWallClock(30 * dayMs)
    const beforeMs = nowMs()
    await machine.advance(dayMs - 1)
    expect(nowMs()).toBe(beforeMs + dayMs - 1)
    await machine.advance(1)
    expect(nowMs()).toBe(machine.nowMs())
    machine.shiftWallClock(30 * dayMs)
    expect(nowMs()).not.toBe(machine.nowMs())
    expect(jumps).toHaveLength(2)
  })
})
