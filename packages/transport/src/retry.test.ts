import { AdmissionError, TransportError, ValidationError } from '@posthorn/errors'
import { expect, test } from 'vitest'
import { createMemoryNetwork } from './memory.ts'
import { type RetryOptions, retryDelayMs, withRetry } from './retry.ts'
import type { Transport } from './transport.ts'

const unavailable = (retryAfterMs?: number): TransportError =>
  new TransportError('transport/unavailable', 'Call: no', retryAfterMs ? { retryAfterMs } : {})

function failing(failures: unknown[]): Transport {
  const inner = createMemoryNetwork({ sha256: (data) => data }).connect()
  return {
    ...inner,
    query: async (request, options) => {
      if (failures.length > 0) throw failures.shift()
      return inner.query(request, options)
    },
  }
}

function recorded(extra: Partial<RetryOptions> = {}): { delays: number[]; options: RetryOptions } {
  const delays: number[] = []
  const timers = { sleep: async (delayMs: number) => void delays.push(delayMs) }
  return { delays, options: { timers, random: () => 0.5, ...extra } }
}

test('a call succeeds when the trouble passes, waiting longer each time', async () => {
  const { delays, options } = recorded()
  const transport = withRetry(failing([unavailable(), unavailable(), unavailable()]), options)
  expect(await transport.query({ topics: ['t'] })).toEqual({ envelopes: [] })
  expect(delays).toEqual([150, 300, 600])
})

test('a call gives up with the last error when the tries are used up', async () => {
  const { delays, options } = recorded({ maxAttempts: 2 })
  const last = unavailable()
  const transport = withRetry(failing([unavailable(), last, unavailable()]), options)
  await expect(transport.query({ topics: ['t'] })).rejects.toBe(last)
  expect(delays).toHaveLength(1)
})

test.each([
  new ValidationError('transport/invalid-argument', 'Query: bad'),
  new AdmissionError('rate/exceeded', 'Query: later', { retryAfterMs: 1 }),
  new TransportError('transport/cancelled', 'Query: cancelled'),
  new TransportError('transport/redirected', 'Query: redirected'),
  new TypeError('not ours'),
])('a call is not repeated after $code', async (error) => {
  const { delays, options } = recorded()
  await expect(withRetry(failing([error]), options).query({ topics: ['t'] })).rejects.toBe(error)
  expect(delays).toEqual([])
})

test('a wait that the node asks for is respected, unless it is over a minute', async () => {
  const { delays, options } = recorded()
  await withRetry(failing([unavailable(2_000)]), options).query({ topics: ['t'] })
  expect(delays).toEqual([2_000])
  const long = unavailable(60_001)
  await expect(withRetry(failing([long]), options).query({ topics: ['t'] })).rejects.toBe(long)
})

test('delays stay between half of the ceiling and the ceiling', () => {
  for (let attempt = 1; attempt < 60; attempt++) {
    const ceiling = Math.min(200 * 2 ** (attempt - 1), 10_000)
    expect(retryDelayMs(attempt, { random: () => 0 })).toBe(ceiling / 2)
    expect(retryDelayMs(attempt, { random: () => 0.999_999 })).toBe(ceiling)
  }
})
