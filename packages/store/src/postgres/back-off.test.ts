import { createVirtualClock } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { BackOff } from './back-off.ts'

test('default: waits twice as long after each failure, up to 2 s, and begins anew after a success', async () => {
  const clock = createVirtualClock()
  const backOff = new BackOff(clock)
  for (const delayMs of [100, 200, 400, 800, 1_600, 2_000, 2_000]) {
    backOff.failed()
    await clock.advance(delayMs - 1)
    expect(backOff.isWaiting).toBe(true)
    await clock.advance(1)
    expect(backOff.isWaiting).toBe(false)
  }
  backOff.succeeded()
  backOff.failed()
  expect(backOff.delayMs).toBe(100)
})
